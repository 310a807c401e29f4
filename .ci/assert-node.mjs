// The project itself is developed on Node 24 or newer (it runs .ts files as they are); plain syntax, so that an older one says so.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
	console.error(
		'Working on gpupolicy needs Node.js 24 or newer; this is ' +
			process.versions.node +
			'. On Linux `npm ci` brings one along (do not omit optional dependencies); elsewhere install Node.js 24.',
	);
	process.exit(1);
}
