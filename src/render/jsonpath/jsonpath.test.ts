import assert from 'node:assert/strict';
import { it } from 'node:test';
import { renderJsonPath } from './index.ts';

const list = {
	kind: 'List',
	items: [
		{
			metadata: { name: 'a', annotations: { 'gpupolicy.dev/applied': 'x' } },
			n: 1,
			conditions: [
				{ type: 'Ready', status: 'True' },
				{ type: 'Other', status: 'False' },
			],
		},
		{ metadata: { name: 'b' }, n: 12, conditions: [{ type: 'Ready', status: 'False' }], gone: null },
	],
};

it('prints what kubectl prints', () => {
	const cases: readonly (readonly [string, string])[] = [
		['{.kind}', 'List'],
		['{$.kind}', 'List'],
		['{.items[*].metadata.name}', 'a b'],
		['{.items[0].metadata.name} and {.items[-1].metadata.name}', 'a and b'],
		['{range .items[*]}{.metadata.name}{"\\t"}{.n}{"\\n"}{end}', 'a\t1\nb\t12\n'],
		['{range .items[*]}{range .conditions[*]}{.type},{end};{end}', 'Ready,Other,;Ready,;'],
		['{.items[?(@.metadata.name=="b")].n}', '12'],
		['{.items[0].conditions[?(@.type=="Ready")].status}', 'True'],
		['{.items[?(@.n>1)].metadata.name}', 'b'],
		['{.items[?(@.metadata.annotations)].metadata.name}', 'a'],
		['{.items[*].metadata.annotations.gpupolicy\\.dev/applied}', 'x'],
		["{.items[*].metadata['name','annotations']}", 'a {"gpupolicy.dev/applied":"x"} b'],
		['{..name}', 'a b'],
		['{.items[0:1].n}', '1'],
		['{.items[::2].n}', '1'],
		['{.nothing.at.all}', ''],
		['{.items[1].gone}', ''],
		['{.items[0].metadata}', '{"name":"a","annotations":{"gpupolicy.dev/applied":"x"}}'],
		['plain text', 'plain text'],
	];
	for (const [template, printed] of cases) assert.equal(renderJsonPath(template, list), printed, template);
});

it('says where a template is wrong', () => {
	for (const template of ['{.a', '{a}', '{.a[}', '{range .a}', '{end}', '{.a[?(@.b==)]}', '{"x}', '{.a[::0]}'])
		assert.throws(() => renderJsonPath(template, list), { code: 'GP2019', exit: 64 }, template);
});
