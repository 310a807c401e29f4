#!/usr/bin/env node
// `kubectl gpupolicy …`: the same command, about the cluster of the current context.
require('./gpupolicy.js');
