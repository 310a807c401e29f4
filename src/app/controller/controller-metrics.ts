import type { ReplicaOptions } from '../../controller/admission/webhook/replica.ts';
import type { PolicyController } from '../../controller/gpupolicy/policy-controller.ts';
import type { Telemetry } from '../../controller/gpupolicy/telemetry.ts';
import type { Log } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { addProcessMetrics } from '../../runtime/process-metrics.ts';
import type { FollowedKind } from './told-watcher.ts';

/** What the metrics read when they are asked for. */
export interface ControllerState {
	readonly leading: boolean;
	readonly controller: PolicyController | null;
	readonly eventsDropped: number;
	readonly followed: readonly FollowedKind[];
	/** When the certificate of the webhook ends, in milliseconds of the day; `null` without one. */
	readonly webhookCertificateEnds: number | null;
}

/** The metrics of a controller, and the telemetry that feeds them. */
export function controllerMetrics(
	version: string,
	log: Log,
	state: () => ControllerState,
): {
	readonly metrics: Metrics;
	readonly telemetry: Telemetry;
	readonly reviewed: NonNullable<ReplicaOptions['reviewed']>;
} {
	const metrics = new Metrics();
	metrics.gauge('gpupolicy_build_info', 'Always 1; the version is a label.', () => [{ labels: { version }, value: 1 }]);
	metrics.gauge('gpupolicy_leader', '1 while this process holds the lease.', () => (state().leading ? 1 : 0));
	metrics.gauge('gpupolicy_synced', '1 while every policy is known as it is now.', () => (state().controller?.synced ? 1 : 0));
	metrics.gauge('gpupolicy_policy_ready', 'Ready of each policy: 1 True, 0 False, -1 Unknown.', function* () {
		for (const { policy, status, reason } of state().controller?.readiness() ?? [])
			yield { labels: { policy, reason }, value: status === 'True' ? 1 : status === 'False' ? 0 : -1 };
	});
	metrics.gauge('gpupolicy_queue_waiting', 'Policies that wait for a duty.', function* () {
		for (const [duty, value] of state().controller?.waiting ?? []) yield { labels: { duty }, value };
	});
	metrics.gauge('gpupolicy_events_dropped', 'Events that could not be written in this term.', () => state().eventsDropped);
	metrics.gauge('gpupolicy_watch_objects', 'Objects of each kind that is followed.', function* () {
		for (const { resource, objects } of state().followed) yield { labels: { resource }, value: objects };
	});
	metrics.gauge('gpupolicy_watch_fresh', '1 while what is known of a kind is not known to be out of date.', function* () {
		for (const { resource, fresh } of state().followed) yield { labels: { resource }, value: fresh ? 1 : 0 };
	});
	const runs = metrics.counter('gpupolicy_duty_runs_total', 'Runs of a duty for one policy, by result.');
	const seconds = metrics.histogram(
		'gpupolicy_duty_seconds',
		'Time of a run of a duty for one policy.',
		[0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
	);
	const statuses = metrics.counter('gpupolicy_status_writes_total', 'Status writes, by result.');
	const reviews = metrics.counter('gpupolicy_webhook_reviews_total', 'Reviews that the webhook answered, by result.');
	const reviewSeconds = metrics.histogram(
		'gpupolicy_webhook_review_seconds',
		'Time of a review by the webhook, from the whole request to the answer.',
		[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1],
	);
	metrics.gauge(
		'gpupolicy_webhook_certificate_end_seconds',
		'When the certificate of the webhook ends, in Unix time.',
		function* () {
			const ends = state().webhookCertificateEnds;
			if (ends !== null) yield { labels: {}, value: ends / 1000 };
		},
	);
	addProcessMetrics(metrics);
	const telemetry: Telemetry = {
		log,
		ran: (duty, result, took) => {
			runs.add({ duty, result });
			seconds.observe(took, { duty });
		},
		statusWritten: (result) => statuses.add({ result }),
	};
	const reviewed = (result: string, tookMs: number): void => {
		reviews.add({ result });
		reviewSeconds.observe(tookMs / 1000);
	};
	return { metrics, telemetry, reviewed };
}
