// biome-ignore-all lint/suspicious/noTemplateCurlyInString: compose and workflows write it
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, Scan } from '../../core/ports/format.ts';
import { yaml } from './index.ts';
import { add, edited, interest, scanOf, setAll, sourceOf } from './testing.fixture.ts';

test('a shared anchor is edited once where it stands', () => {
	const before =
		'x: &e\n  CUDA_DEVICE_ORDER: A # why\nservices:\n  a: {image: a, environment: *e}\n  b: {image: b, environment: {<<: *e}}\n';
	assert.equal(edited(before, setAll('CUDA_DEVICE_ORDER', 'PCI_BUS_ID')), before.replace(': A #', ': PCI_BUS_ID #'));
});

test('two values for one place are refused', () => {
	const text = 'x: &e {CUDA_DEVICE_ORDER: A}\nservices:\n  a: {image: a, environment: *e}\n  b: {image: b, environment: *e}\n';
	const result = edited(text, (scan) =>
		scan.carriers.flatMap(({ settings }, index) =>
			settings.map((setting) => ({ kind: 'set-value' as const, setting, value: `v${index}` })),
		),
	);
	assert.match(result, /^refused env\/conflict/);
});

test('a value that is an alias is replaced for its own entry only; a value that others share is not', () => {
	const text = 'x: &v A\nenv:\n  CUDA_DEVICE_ORDER: *v\n';
	assert.equal(edited(text, setAll('CUDA_DEVICE_ORDER', 'B')), 'x: &v A\nenv:\n  CUDA_DEVICE_ORDER: B\n');
	const shared = 'env:\n  CUDA_DEVICE_ORDER: &v A\nlabel: *v\n';
	assert.match(edited(shared, setAll('CUDA_DEVICE_ORDER', 'B')), /^refused env\/value: .*anchor &v/);
});

test('an entry goes below a block scalar that keeps its blank lines', () => {
	const text = 'env:\n  CUDA_DEVICE_ORDER: A\n  NOTE: |+\n    text\n\nnext: 1\n';
	assert.equal(edited(text, add('env', 'X', 'on')), 'env:\n  CUDA_DEVICE_ORDER: A\n  NOTE: |+\n    text\n\n  X: "on"\nnext: 1\n');
});

test('an entry goes into a flow map over several lines with its commas and comments', () => {
	const text = 'env: {\n  A: 1,\n  CUDA_DEVICE_ORDER: A # last\n}\n';
	assert.equal(edited(text, add('env', 'X', 'z')), 'env: {\n  A: 1,\n  CUDA_DEVICE_ORDER: A, # last\n  X: z\n}\n');
	const trailing = 'env: {\n  CUDA_DEVICE_ORDER: A, # last\n}\n';
	assert.equal(edited(trailing, add('env', 'X', 'z')), 'env: {\n  CUDA_DEVICE_ORDER: A, # last\n  X: z,\n}\n');
});

test('a value with a dollar is doubled for compose and kept from a tool that might expand it', () => {
	assert.equal(
		edited('services:\n  a: {image: a, environment: {CUDA_DEVICE_ORDER: A}}\n', setAll('CUDA_DEVICE_ORDER', 'a$b')),
		'services:\n  a: {image: a, environment: {CUDA_DEVICE_ORDER: "a$$b"}}\n',
	);
	assert.match(edited('env: {CUDA_DEVICE_ORDER: A}\n', setAll('CUDA_DEVICE_ORDER', 's3$cret')), /^refused env\/value: (?!.*s3)/);
});

test('a default keeps its variable when its value is set, and gives way when the variable is demanded', () => {
	const text = 'services:\n  a:\n    image: a\n    environment:\n    - "CUDA_DEVICE_ORDER=${ORDER:-A}"\n';
	assert.equal(edited(text, setAll('CUDA_DEVICE_ORDER', 'B')), text.replace(':-A', ':-B'));
	assert.equal(edited(text, add('service a', 'CUDA_DEVICE_ORDER', 'B')), text.replace('${ORDER:-A}', 'B'));
	assert.match(edited(text, setAll('CUDA_DEVICE_ORDER', '}')), /^refused/);
});

test('a host index is neither written nor added in a container', () => {
	const text = 'services:\n  a: {image: a, environment: {CUDA_VISIBLE_DEVICES: 0}}\n';
	assert.match(edited(text, setAll('CUDA_VISIBLE_DEVICES', '1')), /^refused device\/host-index/);
	assert.match(
		edited('services:\n  a: {image: a}\n', add('service a', 'CUDA_VISIBLE_DEVICES', '1')),
		/^refused device\/host-index/,
	);
});

test('an entry is not added beside one of its name, nor where only a person can add', () => {
	assert.match(
		edited('services:\n  a: {image: a, environment: {CUDA_DEVICE_ORDER: $X}}\n', add('service a', 'CUDA_DEVICE_ORDER', 'A')),
		/^refused env\/conflict/,
	);
	assert.match(edited('services:\n  a: {image: a, environment: "text"}\n', add('service a', 'X', 'A')), /^refused env\/missing/);
});

test('managed blocks are not for YAML', () => {
	assert.match(
		edited('env: {CUDA_DEVICE_ORDER: A}\n', () => [{ kind: 'put-block', policy: 'p', entries: [] }]),
		/^refused env\/block/,
	);
});

test('a file that was refused stays refused', () => {
	const source = sourceOf('CUDA_DEVICE_ORDER: A\nCUDA_DEVICE_ORDER: B\n');
	const scan = yaml.scan(source, interest);
	const result = yaml.edit(source, scan, [{ kind: 'put-block', policy: 'p', entries: [] }]);
	assert.ok(!result.ok && result.refusal.rule === 'file/syntax');
});

test('an edit of another source than the one scanned is refused', () => {
	const carrier = scanOf('services:\n  gone: {image: a}\n').carriers[0];
	assert.ok(carrier);
	assert.match(
		edited('services:\n  here: {image: a}\n', () => [{ kind: 'add-entries', carrier, entries: [{ name: 'X', value: 'y' }] }]),
		/^refused file\/changed/,
	);
});

test('an alias bomb is edited at once', { timeout: 10_000 }, () => {
	let text = 'CUDA_DEVICE_ORDER: A\nl0: &l0 [x]\nm0: &m0 {a: 1}\n';
	for (let i = 1; i < 40; i++)
		text += `l${i}: &l${i} [${Array(9)
			.fill(`*l${i - 1}`)
			.join(', ')}]\nm${i}: &m${i} {<<: [${Array(9)
			.fill(`*m${i - 1}`)
			.join(', ')}]}\n`;
	assert.equal(edited(text, setAll('CUDA_DEVICE_ORDER', 'B')), text.replace('ORDER: A', 'ORDER: B'));
});

test('services that are one map by an alias get its entries once', () => {
	const text = 'services:\n  a: &a\n    image: x\n  b: *a\n';
	const both = (scan: Scan): Change[] => [...add('service a', 'X', 'z')(scan), ...add('service b', 'X', 'z')(scan)];
	assert.equal(edited(text, both), 'services:\n  a: &a\n    image: x\n    environment:\n      X: z\n  b: *a\n');
});

test('an undetermined service may be added to; one that shares its environment with another may not', () => {
	const text = 'services:\n  a:\n    image: x\n    environment: &e\n      A: b\n';
	assert.equal(edited(text, add('service a', 'X', 'z')), `${text}      X: z\n`);
	assert.match(edited(`${text}  b: {image: b, environment: *e}\n`, add('service a', 'X', 'z')), /^refused env\/missing/);
});

test('in a file of mixed line endings an entry ends as the lines around it do', () => {
	const text = '# a\n# b\n# c\nenv:\r\n  CUDA_DEVICE_ORDER: A\r\nz: 1\n';
	assert.equal(edited(text, add('env', 'X', 'z')), text.replace('ORDER: A', 'ORDER: A\r\n  X: z'));
});
