// The metrics that exist, with their labels: what a real relay serves, and what Google measures.
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { serveMetrics } from '../../../relay/metrics/server.ts';
import { logMetrics } from '../../../scripts/deploy/steps/log-metrics.ts';
import { promqlName } from '../../../scripts/monitoring/sources.ts';
import type { RedisFixture } from '../../helpers/redis-fixture.ts';
import { startRelay } from '../../helpers/relay.ts';

/** Labels by the name that PromQL has for the metric. */
export type KnownMetrics = ReadonlyMap<string, ReadonlySet<string>>;

/** Of every series that the sidecar on Cloud Run writes. Source: run-gmp-sidecar, confgenerator/config.go. */
const OF_THE_SIDECAR = ['cluster', 'namespace', 'location', 'project_id'];

/**
 * Metrics of Google that have no distribution, with the labels of their resource. Sources: "Google Cloud metrics", pubsub; and
 * "Monitored resource types", pubsub_subscription.
 */
const OF_PUBSUB = ['subscription/num_undelivered_messages', 'subscription/oldest_unacked_message_age'];
const OF_A_SUBSCRIPTION = ['monitored_resource', 'project_id', 'subscription_id'];

/** Source: "Monitored resource types", cloud_run_revision. */
const OF_A_REVISION = ['monitored_resource', 'project_id', 'service_name', 'revision_name', 'location'];

/** Of two deployments: one whose functions have a suffix, and one without. */
export function googleMetrics(suffix: string): KnownMetrics {
  const metrics = [undefined, suffix].flatMap((functionSuffix) =>
    logMetrics({ topics: new Map(), region: 'us-central1', functionSuffix }),
  );
  return new Map([
    ...OF_PUBSUB.map((name): [string, Set<string>] => [
      promqlName(`pubsub.googleapis.com/${name}`),
      new Set(OF_A_SUBSCRIPTION),
    ]),
    ...metrics.map(({ name, definition: { metricDescriptor } }): [string, Set<string>] => [
      // Of a distribution there is the sum.
      promqlName(
        `logging.googleapis.com/user/${name}${metricDescriptor.valueType === 'INT64' ? '' : '_sum'}`,
      ),
      new Set([...(metricDescriptor.labels ?? []).map(({ key }) => key), ...OF_A_REVISION]),
    ]),
  ]);
}

/** What a relay serves, and the text of it. */
export async function relayMetrics(fixture: RedisFixture): Promise<{ known: KnownMetrics; served: string }> {
  const metrics = new RelayMetrics();
  fixture.keep(await startRelay(fixture.server, { metrics }));
  const { port } = fixture.keep(await serveMetrics(metrics.registry, 0, '127.0.0.1'));
  const served = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const labelsOf = new Map(
    metrics.registry.getMetricsAsArray().map((metric) => [
      metric.name,
      // Present in every metric of prom-client, and in its types of none.
      'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [],
    ]),
  );
  const known = new Map<string, Set<string>>();
  for (const [, name = '', type] of served.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
    const labels = [...(labelsOf.get(name) ?? []), ...OF_THE_SIDECAR];
    if (type !== 'histogram') known.set(name, new Set(labels));
    else
      for (const part of ['bucket', 'count', 'sum']) known.set(`${name}_${part}`, new Set([...labels, 'le']));
  }
  return { known, served };
}
