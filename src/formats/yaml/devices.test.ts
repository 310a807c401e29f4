import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edited, scanOf } from './testing.fixture.ts';

const texts = (text: string) =>
	scanOf(text).devices.map((device) => `${device.text}${device.notRewritable === undefined ? '' : ' left'}`);

test('exact device values are found, sentences, keys, images and shell lines are not', () => {
	assert.deepEqual(texts('device: cuda:1\nnote: on cuda:1\ncuda:1: x\nimage: cuda:12\ncontainer: cuda:12\nrun: |\n  cuda:1\n'), [
		'cuda:1',
	]);
	assert.deepEqual(texts('args: [--device, "cuda:1", \'--map-location=cuda:2\']\n'), [
		'"cuda:1" left',
		"'--map-location=cuda:2' left",
	]);
	assert.deepEqual(texts('env:\n- {name: DEVICE, value: "cuda:3"}\n- {name: IMAGE, value: "cuda:12"}\n'), ['"cuda:3"']);
});

test('several devices of one device_map are left, one is rewritten', () => {
	assert.deepEqual(texts('device_map: {a: cuda:0, b: cuda:1}\n'), ['cuda:0 left', 'cuda:1 left']);
	assert.deepEqual(texts('device_map: {a: cuda:1, b: cuda:1}\n'), ['cuda:1', 'cuda:1']);
});

test('only the digits are replaced', () => {
	const text = "ü: 'x'\nm: {device: 'cuda:12'} # cuda:12\n";
	const after = edited(text, (scan) => scan.devices.map((device) => ({ kind: 'set-ordinal', device, ordinal: 0 })));
	assert.equal(after, text.replace("'cuda:12'", "'cuda:0'"));
});
