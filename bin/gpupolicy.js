#!/usr/bin/env node
// Kept to syntax that every Node reads, so that an old one prints one sentence and not a stack trace.
// CommonJS (see package.json beside it): the ES module loader alone costs a fifth of a bare start.
(function () {
	var have = process.versions.node.split('.').map(Number);
	if (have[0] < 22 || (have[0] === 22 && have[1] < 22)) {
		console.error('gpupolicy needs Node.js 22.22 or newer; this is Node.js ' + process.versions.node + '.');
		process.exit(1);
	}
	var argv = process.argv.slice(2);
	// kubectl-gpupolicy.js, which kubectl starts for `kubectl gpupolicy`, requires this file.
	var plugin = require.main !== module;
	function fail(error) {
		var missing = error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
		var unbuilt = missing && /dist[\\/](bundle[\\/](entry\.js|(plain|node)\.cjs)|quick\.cjs)/.test(error.message);
		console.error(unbuilt ? 'gpupolicy is not built here: run `npm run build` in its checkout first.' : error);
		process.exit(1);
	}
	var plain = false;
	try {
		var quick = require('../dist/quick.cjs');
		var table = function () {
			return require('../oclif.manifest.json');
		};
		if (quick.quickly(argv, require('../package.json').version, table, plugin)) return;
		var bundle = plugin ? null : quick.plainBundle(argv);
		plain = bundle !== null && require('../dist/bundle/' + bundle);
	} catch (error) {
		fail(error);
	}
	function full() {
		return import('../dist/bundle/entry.js').then(function (entry) {
			return entry.start(argv, plugin);
		});
	}
	Promise.resolve(plain && plain.start(argv))
		.then(function (answered) {
			return answered || full();
		})
		.catch(fail);
})();
