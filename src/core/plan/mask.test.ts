import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskAround, maskOtherValues } from './mask.ts';

const variables = new Set(['CUDA_VISIBLE_DEVICES']);

function around(line: string, marked: string): string {
	const from = line.indexOf(marked);
	return maskAround(line, { from, to: from + marked.length }, variables);
}

test('a changed line shows the values of the policy alone, however its keys are quoted', () => {
	assert.equal(
		maskOtherValues('env: {"TOKEN": "hunter2", \'KEY\': hunter2, CUDA_VISIBLE_DEVICES: "0"}', variables),
		'env: {"TOKEN": ***, \'KEY\': ***, CUDA_VISIBLE_DEVICES: "0"}',
	);
	assert.equal(maskOtherValues('TOKEN="hunter2', variables), 'TOKEN=***');
	assert.equal(
		maskOtherValues('- {name: CUDA_VISIBLE_DEVICES, value: "0"}', variables),
		'- {name: CUDA_VISIBLE_DEVICES, value: ***}',
	);
});

test('a finding shows the marked value, and masks what stands behind it', () => {
	assert.equal(around('env: {CUDA_VISIBLE_DEVICES: "0", TOKEN: hunter2}', '"0"'), 'env: {CUDA_VISIBLE_DEVICES: "0", TOKEN: ***}');
	assert.equal(around('- {name: CUDA_VISIBLE_DEVICES, value: "0"}', '"0"'), '- {name: CUDA_VISIBLE_DEVICES, value: "0"}');
	assert.equal(around('device: cuda:1', 'cuda:1'), 'device: cuda:1');
	assert.equal(around('devices: [cuda:0, cuda:1]', 'cuda:1'), 'devices: [cuda:0, cuda:1]');
});

test('a finding shows nothing of a line where a value of another stands before the mark', () => {
	assert.equal(around('env: {TOKEN: hunter2, CUDA_VISIBLE_DEVICES: "0"}', '"0"'), '');
	assert.equal(around('export TOKEN=hunter2 CUDA_VISIBLE_DEVICES=0', 'CUDA_VISIBLE_DEVICES=0'), '');
	assert.equal(around('run: TOKEN=hunter2 CUDA_VISIBLE_DEVICES=0 pytest', 'CUDA_VISIBLE_DEVICES=0 pytest'), '');
});
