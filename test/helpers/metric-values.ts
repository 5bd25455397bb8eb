import type { RelayMetrics } from '../../relay/metrics/metrics.ts';

/**
 * The value of a series as a scrape has it, such as `connections{protocol="native"}`; `undefined` where there is none.
 *
 * @param series without the `agent_assist_` of all metrics, and with its labels in the order of the scrape.
 */
export async function metricValue(metrics: RelayMetrics, series: string): Promise<number | undefined> {
  const lines = (await metrics.registry.metrics()).split('\n');
  const line = lines.find((text) => text.startsWith(`agent_assist_${series} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}
