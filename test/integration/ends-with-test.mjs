// Loaded into commands that tests run: a test that is killed takes them along, since the channel to it closes.
import process from 'node:process';

process.once('disconnect', () => process.exit(1));
process.channel?.unref();
