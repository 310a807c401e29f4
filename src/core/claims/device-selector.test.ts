import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deviceSelector, judgesDevices, longestSelector, selectorLength } from './device-selector.ts';

const begin = 'device.driver != "gpu.nvidia.com" || cel.bind(d, device.attributes["gpu.nvidia.com"], ';

describe('the selector of a policy', () => {
	it('lets devices of other drivers through and compares names as text', () => {
		assert.equal(
			deviceSelector({ allow: [{ productName: 'NVIDIA "A"' }, { productName: 'B' }] }),
			`${begin}(!has(d.productName) || type(d.productName) in [string]) && (d.?productName.orValue("") != "" && d.productName in ["NVIDIA \\"A\\"", "B"]))`,
		);
	});

	it('is false where a deny entry can be told of no device, and where no allow entry can', () => {
		const nothing = `${begin}false)`;
		assert.equal(deviceSelector({ deny: [{ pciDeviceId: '0x220410DE' }] }), nothing);
		assert.equal(deviceSelector({ allow: [{ pciDeviceId: '0x220410DE' }, { uuid: 'GPU-12' }] }), nothing);
	});

	it('lets a device through that another criterion of a deny entry rules out', () => {
		const selector = deviceSelector({ deny: [{ pciDeviceId: '0x220410DE', productName: 'A' }] });
		assert.ok(selector.includes('!(d.productName in ["A"])'), selector);
		assert.ok(!selector.includes('false'), selector);
	});

	it('quotes what a pattern would mean in a regular expression', () => {
		const selector = deviceSelector({ allow: [{ productNamePattern: 'a.(b)|[c]{d}^$+\\*?e' }] });
		assert.ok(
			selector.includes(
				'd.productName.matches("^(?s:a\\\\.\\\\(b\\\\)\\\\|\\\\[c\\\\]\\\\{d\\\\}\\\\^\\\\$\\\\+\\\\\\\\.*.e)$")',
			),
			selector,
		);
	});

	it('takes every spelling of a PCI address', () => {
		const pattern = (pciBusId: string) =>
			/matches\("(\^\(\?i:.*?)"\)/.exec(deviceSelector({ allow: [{ pciBusId }] }))?.[1]?.replaceAll('\\\\', '\\');
		const spelled = new RegExp((pattern('0000:0A:00.0') ?? '').replace('(?i:', '(?:'), 'i');
		for (const text of ['0a:00.0', '0000:0a:00.0', '00000000:0A:00.0', 'a:0']) assert.match(text, spelled);
		for (const text of ['0001:0a:00.0', '0a:00.1', '0b:00.0', '10a:00.0']) assert.doesNotMatch(text, spelled);
		const other = new RegExp((pattern('0001:0a:1f.3') ?? '').replace('(?i:', '(?:'), 'i');
		for (const text of ['1:0a:1f.3', '00000001:a:1f.3']) assert.match(text, other);
		for (const text of ['0a:1f.3', '0000:0a:1f.3', '0001:0a:1f']) assert.doesNotMatch(text, other);
	});

	it('is measured in bytes', () => {
		assert.equal(selectorLength('é漢😀'), 9);
		assert.equal(longestSelector, 10_240);
	});

	it('is made only of policies that say something of devices', () => {
		assert.equal(judgesDevices({}), false);
		assert.equal(judgesDevices({ deny: [] }), false);
		assert.equal(judgesDevices({ allow: [] }), true);
		assert.equal(judgesDevices({ deny: [{ mig: 'Enabled' }] }), true);
	});
});
