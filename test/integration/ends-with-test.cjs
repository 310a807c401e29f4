// Loaded into commands that tests run: a test that is killed takes them along, since the channel to it closes.
// CommonJS, since the loader of ES modules takes memory that the command itself would not.
const process = require('node:process');

process.once('disconnect', () => process.exit(1));
process.channel?.unref();
