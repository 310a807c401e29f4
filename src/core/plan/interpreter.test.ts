import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameByInterpreter } from './interpreter.ts';

const named = (text: string) => nameByInterpreter(Buffer.from(text));

test('the first line of a program tells what it would be named', () => {
	assert.equal(named('#!/usr/bin/env python3\nx'), 'program.py');
	assert.equal(named('#!/usr/bin/env -S FOO=1 python3.12 -u\r\nx'), 'program.py');
	assert.equal(named('#! /opt/conda/bin/python'), 'program.py');
	assert.equal(named('#!/bin/bash -e\n'), 'program.sh');
	assert.equal(named('#!/usr/bin/env zsh'), 'program.sh');
});

test('another interpreter and no interpreter tell nothing', () => {
	for (const text of ['', '#', '#!', '#!/bin/csh\n', '#!/usr/bin/perl\n', 'python3\n', '\n#!/bin/sh\n', '#!/usr/bin/env\n'])
		assert.equal(named(text), null, text);
});
