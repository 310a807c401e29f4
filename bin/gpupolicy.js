#!/usr/bin/env node
// Kept to syntax that every Node reads, so that an old one prints one sentence and not a stack trace.
(function () {
	var have = process.versions.node.split('.').map(Number);
	if (have[0] < 22 || (have[0] === 22 && have[1] < 22)) {
		console.error('gpupolicy needs Node.js 22.22 or newer; this is Node.js ' + process.versions.node + '.');
		process.exit(1);
	}
	import('../dist/entry.js')
		.then(function (entry) {
			return entry.start(process.argv.slice(2));
		})
		.catch(function (error) {
			var unbuilt = error && error.code === 'ERR_MODULE_NOT_FOUND' && /dist[\\/]entry\.js/.test(error.message);
			console.error(unbuilt ? 'gpupolicy is not built here: run `npm run build` in its checkout first.' : error);
			process.exit(1);
		});
})();
