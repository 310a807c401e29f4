import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesField, varintField, WireMessage } from '../wire/index.ts';
import {
	addVariables,
	demandPreStart,
	hideDevices,
	readDevices,
	readOptions,
	readRegistration,
	redirectRegistration,
	withoutDevices,
	writeRegistration,
} from './index.ts';

const device = (...fields: Uint8Array[]): Uint8Array => bytesField(1, Buffer.concat(fields));
const id = (text: string): Uint8Array => bytesField(1, text);
const health = (text: string): Uint8Array => bytesField(2, text);
const bytes = (...parts: Uint8Array[]): Buffer => Buffer.concat(parts);

describe('a list of devices', () => {
	const list = (...devices: Uint8Array[]): WireMessage => new WireMessage(bytes(...devices));

	it('is the same bytes where nothing is hidden', () => {
		const { bytes: same } = list(device(id('a'), health('Healthy')));
		assert.equal(
			hideDevices(new WireMessage(same), () => false),
			same,
		);
	});

	it('has a hidden device at its place, whatever the order of its fields', () => {
		const before = list(device(health('Healthy'), id('a')), device(id('b'), health('Healthy')));
		const after = bytes(device(health('Unhealthy'), id('a')), device(id('b'), health('Healthy')));
		assert.deepEqual(
			hideDevices(before, (one) => one === 'a'),
			after,
		);
	});

	it('is read as the last of each field says, and hidden so that it reads as Unhealthy', () => {
		const before = list(device(id('x'), health('Sick'), health('Healthy'), id('a')));
		assert.deepEqual(readDevices(before), [{ id: 'a', health: 'Healthy' }]);
		const after = new WireMessage(hideDevices(before, (one) => one === 'a'));
		assert.deepEqual(readDevices(after), [{ id: 'a', health: 'Unhealthy' }]);
	});

	it('leaves a device alone that is unhealthy already, by whatever word, or says nothing of it', () => {
		const before = list(device(id('a'), health('Fine')), device(id('b')), device(id('c'), health('')), device());
		assert.equal(
			hideDevices(before, () => true),
			before.bytes,
		);
	});

	it('is refused where an id is no UTF-8, since the kubelet refuses it too', () => {
		assert.throws(() => readDevices(list(device(bytesField(1, Buffer.from([0xff]))))), /byte 4: field 1 is no UTF-8/);
	});
});

describe('the options of a plugin', () => {
	it('are the same bytes where they demand PreStartContainer already', () => {
		const options = bytes(varintField(1, true), varintField(2, true));
		assert.equal(demandPreStart(options), options);
	});

	it('demand it otherwise, and keep the rest', () => {
		const options = bytes(varintField(1, true), varintField(2, true), varintField(1, false), varintField(9, 5));
		const demanded = demandPreStart(options);
		assert.deepEqual(demanded, bytes(varintField(2, true), varintField(9, 5), varintField(1, true)));
		assert.deepEqual(readOptions(demanded), { preStartRequired: true, preferredAllocationAvailable: true });
		assert.deepEqual(readOptions(demandPreStart(bytes())), { preStartRequired: true, preferredAllocationAvailable: false });
	});
});

describe('a registration', () => {
	const registration = { version: 'v1beta1', endpoint: 'a.sock', resource: 'nvidia.com/gpu', options: varintField(2, true) };

	it('is read as it was written', () => {
		const read = readRegistration(writeRegistration(registration));
		assert.deepEqual({ ...read, options: bytes(read.options) }, { ...registration, options: bytes(registration.options) });
	});

	it('is sent on with our endpoint and options, and whatever else stands in it', () => {
		const request = bytes(
			varintField(77, 1),
			writeRegistration(registration),
			bytesField(2, 'b.sock'),
			bytesField(4, varintField(9, 1)),
		);
		assert.equal(readRegistration(request).endpoint, 'b.sock');
		assert.deepEqual(bytes(readRegistration(request).options), bytes(varintField(2, true), varintField(9, 1)), 'put together');
		const sent = new WireMessage(redirectRegistration(request, { endpoint: 'gpupolicy/x.sock', options: varintField(1, true) }));
		assert.deepEqual(
			[sent.string(1), sent.strings(2), sent.string(3), sent.varint(77)],
			['v1beta1', ['gpupolicy/x.sock'], 'nvidia.com/gpu', 1n],
		);
		assert.equal(sent.messages(4).length, 1);
	});
});

describe('an allocation', () => {
	const entry = (key: string, value: string): Uint8Array => bytesField(1, bytes(bytesField(1, key), bytesField(2, value)));
	const order = { name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' };

	it('gets the variables in the place of those of the plugin, also where one stands twice', () => {
		const answer = bytes(
			bytesField(1, bytes(entry(order.name, 'x'), bytesField(2, 'a mount'), entry('B', '2'), entry(order.name, 'y'))),
			varintField(50, 1),
			bytesField(1, bytes()),
		);
		const added = entry(order.name, order.value);
		assert.deepEqual(
			addVariables(answer, [order]),
			bytes(bytesField(1, bytes(bytesField(2, 'a mount'), entry('B', '2'), added)), varintField(50, 1), bytesField(1, added)),
		);
	});

	it('is the same bytes where there are no variables, or no container', () => {
		const answer = bytes(bytesField(1, entry('A', '1')));
		assert.equal(addVariables(answer, []), answer);
		const none = bytes(varintField(50, 1));
		assert.equal(addVariables(none, [order]), none);
	});

	it('offers a plugin no excluded device, and keeps the order of the others', () => {
		const container = (...ids: string[]): Uint8Array =>
			bytesField(1, bytes(...ids.map(id), bytesField(2, 'must'), varintField(3, 1)));
		assert.deepEqual(
			withoutDevices(container('a', 'b', 'c', 'b'), (one) => one === 'b'),
			container('a', 'c'),
		);
		const same = container('a', 'c');
		assert.equal(
			withoutDevices(same, (one) => one === 'b'),
			same,
		);
	});
});
