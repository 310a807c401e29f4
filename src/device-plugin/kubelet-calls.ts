import {
	addVariables,
	allocatedIds,
	empty,
	type PluginOptions,
	pluginMethods,
	startedIds,
	withoutDevices,
} from '../kubelet/device-plugin/index.ts';
import { GrpcError, type GrpcMethods } from '../kubelet/grpc/index.ts';
import { WireError } from '../kubelet/wire/index.ts';
import { type Ruling, refusalOf } from './ruling.ts';
import type { PluginCall, ProxyTelemetry } from './telemetry.ts';

/** What the calls of the kubelet for one resource are answered from. */
export interface CallTarget {
	readonly resource: string;
	readonly telemetry: ProxyTelemetry;
	ruling(): Ruling;
	/** Of the plugin itself. */
	options(): PluginOptions;
	/** Passes a call on to the plugin. Rejects with a GrpcError. */
	plugin(
		method: string,
		request: Uint8Array,
		limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
	): Promise<Uint8Array>;
	onRefused(id: string, policy: string | null, reason: string): void;
}

/** The kubelet waits for an allocation without a limit, and does nothing else meanwhile. */
const allocateMs = 5_000;
const preferMs = 1_000;
/** The kubelet's own limit is 30 s: ours must have told it why before. */
const preStartMs = 25_000;

type Handler = NonNullable<GrpcMethods['unary']>[string];

/** The calls that the kubelet makes when a container is to have devices. */
export function kubeletCalls(target: CallTarget): Record<string, Handler> {
	return {
		[pluginMethods.allocate]: measured(target, 'Allocate', allocate),
		[pluginMethods.preStartContainer]: measured(target, 'PreStartContainer', preStart),
		[pluginMethods.preferredAllocation]: measured(target, 'GetPreferredAllocation', prefer),
	};
}

async function allocate(target: CallTarget, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
	const ids = allocatedIds(request);
	refuse(target, ids);
	const answer = await target.plugin(pluginMethods.allocate, request, { timeoutMs: allocateMs, signal });
	// The policy may have turned while the plugin thought.
	refuse(target, ids);
	const ruling = target.ruling();
	return ruling.kind === 'enforce' ? addVariables(answer, ruling.env) : answer;
}

/** A container that is started again gets what it was allocated once, whatever the policy says since: this is where it is stopped. */
async function preStart(target: CallTarget, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
	const ids = startedIds(request);
	refuse(target, ids);
	if (!target.options().preStartRequired) return empty;
	const answer = await target.plugin(pluginMethods.preStartContainer, request, { timeoutMs: preStartMs, signal });
	refuse(target, ids);
	return answer;
}

/** An error here fails the pod for good, and an answer only helps to choose: no answer is one. */
async function prefer(target: CallTarget, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
	const excluded = (id: string): boolean => refusalOf(target.ruling(), id) !== null;
	try {
		const answer = await target.plugin(pluginMethods.preferredAllocation, withoutDevices(request, excluded), {
			timeoutMs: preferMs,
			signal,
		});
		return withoutDevices(answer, excluded);
	} catch (error) {
		target.telemetry.log('warn', 'the device plugin prefers nothing', {
			resource: target.resource,
			error: (error as Error).message,
		});
		return empty;
	}
}

/** Throws where one of the devices must not be handed out. What it says stands in the status of the pod. */
function refuse(target: CallTarget, ids: readonly string[]): void {
	const ruling = target.ruling();
	for (const id of ids) {
		const refusal = refusalOf(ruling, id);
		if (refusal === null) continue;
		const { policy, reason } = refusal;
		target.onRefused(id, policy, reason);
		const who =
			policy === null
				? `device ${id} of ${target.resource} is not handed out`
				: `policy ${policy} forbids device ${id} of ${target.resource}`;
		throw new Refused(ruling.kind === 'waiting' ? 'UNAVAILABLE' : 'FAILED_PRECONDITION', `gpupolicy: ${who}: ${reason}`);
	}
}

class Refused extends GrpcError {}

function measured(
	target: CallTarget,
	method: PluginCall,
	handle: (target: CallTarget, request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>,
): Handler {
	return async (request, signal) => {
		const began = performance.now();
		const ended = (result: 'ok' | 'refused' | 'failed'): void =>
			target.telemetry.called(method, result, (performance.now() - began) / 1000);
		try {
			const answer = await handle(target, request, signal);
			ended('ok');
			return answer;
		} catch (error) {
			ended(error instanceof Refused ? 'refused' : 'failed');
			const { resource, telemetry } = target;
			const told = understandable(error, method);
			telemetry.log('warn', error instanceof Refused ? 'refused' : 'failed', { resource, call: method, error: told.message });
			throw told;
		}
	};
}

/** An error as the status of a pod should show it. */
function understandable(error: unknown, method: PluginCall): Error {
	if (error instanceof WireError)
		return new GrpcError('INTERNAL', `gpupolicy: ${method} carries what cannot be read: ${error.message}`);
	if (error instanceof GrpcError && error.code === 'DEADLINE_EXCEEDED')
		return new GrpcError(error.code, `gpupolicy: the device plugin did not answer ${method} in time`);
	return error as Error;
}
