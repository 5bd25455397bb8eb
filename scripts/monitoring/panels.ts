// The dashboard as one table: the Grafana JSON and the dashboard of Cloud Monitoring are made of it.
import type { Sources } from './sources.ts';

export type Unit = 'count' | 'perSecond' | 'seconds' | 'bytes' | 'ratio';

export interface Query {
  expr: string;
  /** What one series is called: a fixed text, or the label whose value it is. */
  legend: { text: string } | { label: string };
}

export interface Panel {
  title: string;
  /** What to read off it, in one sentence. */
  description: string;
  unit: Unit;
  queries: readonly Query[];
}

export interface Section {
  title: string;
  panels: readonly Panel[];
}

const text = (name: string, expr: string): Query => ({ legend: { text: name }, expr });
const by = (label: string, expr: string): Query => ({ legend: { label }, expr });

export function sections(from: Sources): Section[] {
  const { relay, functions, subscriptions, deadLetters } = from;
  const perSecond = (metric: string, label: string) =>
    by(label, `sum by (${label}) (rate(${relay(metric)}[5m]))`);
  const inFive = (metric: string, label: string) =>
    by(label, `sum by (${label}) (increase(${relay(metric)}[5m]))`);
  const quantile = (of: number, metric: string, ...labels: string[]) =>
    `histogram_quantile(${of}, sum by (${['le', ...labels].join(', ')}) (rate(${relay(`${metric}_bucket`)}[5m])))`;
  const quantiles = (metric: string) =>
    [0.5, 0.95, 0.99].map((of) => text(`p${of * 100}`, quantile(of, metric)));

  return [
    {
      title: 'Agents and calls',
      panels: [
        {
          title: 'Connections',
          description: 'Open connections of desktops on all relays.',
          unit: 'count',
          queries: [by('protocol', `sum by (protocol) (${relay('agent_assist_connections')})`)],
        },
        {
          title: 'Conversations and joins under way',
          description: 'A conversation that desktops on two relays follow counts twice.',
          unit: 'count',
          queries: [
            text('conversations', `sum(${relay('agent_assist_conversations')})`),
            text('joins in flight', `sum(${relay('agent_assist_joins_in_flight')})`),
          ],
        },
        {
          title: 'Relays by version',
          description: 'Two versions stay side by side for up to an hour after a deployment.',
          unit: 'count',
          queries: [by('version', `count by (version) (${relay('agent_assist_build_info')})`)],
        },
        {
          title: 'Joins',
          description: 'A wave with start "place" is desktops that reconnect.',
          unit: 'perSecond',
          queries: [perSecond('agent_assist_joins_total', 'start')],
        },
      ],
    },
    {
      title: 'Delivery',
      panels: [
        {
          title: 'Events delivered',
          description: 'One for each desktop that gets an event.',
          unit: 'perSecond',
          queries: [perSecond('agent_assist_events_delivered_total', 'kind')],
        },
        {
          title: 'From publication to delivery',
          description:
            'From the publish time in Pub/Sub to the first desktop of each relay, live events only.',
          unit: 'seconds',
          queries: quantiles('agent_assist_publish_to_delivery_seconds'),
        },
        {
          title: 'Events that desktops missed',
          description: 'Resets, skipped events and joins that could not go on where they were, in 5 minutes.',
          unit: 'count',
          queries: [
            text('resets', `sum(increase(${relay('agent_assist_resets_total')}[5m]))`),
            text('skipped events', `sum(increase(${relay('agent_assist_events_skipped_total')}[5m]))`),
            text(
              'joins with a gap',
              `sum(increase(${relay('agent_assist_joins_total', 'recovered="false"')}[5m]))`,
            ),
          ],
        },
        {
          title: 'Reads of the log',
          description: 'A join takes that long, and more when Redis is overloaded.',
          unit: 'seconds',
          queries: quantiles('agent_assist_log_read_seconds'),
        },
      ],
    },
    {
      title: 'Refusals and closes',
      panels: [
        {
          title: 'Closes by reason',
          description: 'Connections that relays closed in 5 minutes.',
          unit: 'count',
          queries: [inFive('agent_assist_closes_total', 'reason')],
        },
        {
          title: 'Refusals by reason',
          description: 'What was refused in 5 minutes, on every way into the relay.',
          unit: 'count',
          queries: [
            by(
              'reason',
              `sum by (reason) (increase(${relay('agent_assist_refusals_by_reason_total')}[5m])) > 0`,
            ),
          ],
        },
        {
          title: 'Registrations',
          description: 'Tokens that were asked for in 5 minutes.',
          unit: 'count',
          queries: [inFive('agent_assist_registrations_total', 'outcome')],
        },
        {
          title: 'Refusals over sockets',
          description: 'By the codes of the native protocol, in 5 minutes.',
          unit: 'count',
          queries: [inFive('agent_assist_refusals_total', 'code')],
        },
      ],
    },
    {
      title: 'Redis',
      panels: [
        {
          title: 'Memory used',
          description: 'Functions take no event when Redis is full.',
          unit: 'ratio',
          queries: [text('used', `max(${relay('agent_assist_redis_memory_used_ratio')})`)],
        },
        {
          title: 'Lost connections',
          description: 'Reconnects in 5 minutes, on all relays.',
          unit: 'count',
          queries: [inFive('agent_assist_redis_reconnects_total', 'connection')],
        },
        {
          title: 'Lost writes',
          description: 'Writes that Redis did not take and nobody waits for, in 5 minutes.',
          unit: 'count',
          queries: [inFive('agent_assist_redis_lost_writes_total', 'what')],
        },
        {
          title: 'Read-only',
          description: '1 while a relay finds that Redis takes no writes.',
          unit: 'count',
          queries: [text('read-only', `max(${relay('agent_assist_redis_read_only')})`)],
        },
      ],
    },
    {
      title: 'Dialogflow',
      panels: [
        {
          title: 'Time of requests, p95',
          description: 'Requests of desktops to Dialogflow, by route.',
          unit: 'seconds',
          queries: [by('route', quantile(0.95, 'agent_assist_proxy_request_seconds', 'route'))],
        },
        {
          title: 'Requests by status',
          description: '429 is a quota that is used up.',
          unit: 'perSecond',
          queries: [perSecond('agent_assist_proxy_request_seconds_count', 'status')],
        },
        {
          title: 'Open streams',
          description: 'Streams of suggestions to Dialogflow.',
          unit: 'count',
          queries: [text('streams', `sum(${relay('agent_assist_streams')})`)],
        },
        {
          title: 'Ended and refused streams',
          description: 'By the code that the desktop was told, in 5 minutes; 0 is a stream that ended well.',
          unit: 'count',
          queries: [
            inFive('agent_assist_stream_ends_total', 'code'),
            text('refused', `sum(increase(${relay('agent_assist_stream_refusals_total')}[5m]))`),
          ],
        },
      ],
    },
    {
      title: 'Relay processes',
      panels: [
        {
          title: 'Event loop lag, p99',
          description: 'The worst relay: above 0.1 s desktops notice.',
          unit: 'seconds',
          queries: [text('worst', `max(${relay('nodejs_eventloop_lag_p99_seconds')})`)],
        },
        {
          title: 'Memory',
          description: 'The largest relay, of RELAY_MEMORY.',
          unit: 'bytes',
          queries: [text('largest', `max(${relay('process_resident_memory_bytes')})`)],
        },
        {
          title: 'Processor',
          description: 'The busiest relay: 1 is a whole processor.',
          unit: 'ratio',
          queries: [text('busiest', `max(rate(${relay('process_cpu_seconds_total')}[5m]))`)],
        },
      ],
    },
    {
      title: 'Functions and Pub/Sub, as Google measures them',
      panels: [
        {
          title: 'Conversations that began',
          description: 'First events in 5 minutes, from the log of the functions.',
          unit: 'count',
          queries: [text('conversations', `sum(increase(${functions('first_events')}[5m]))`)],
        },
        {
          title: 'Events dropped',
          description: 'Messages that can never become an event, in 5 minutes.',
          unit: 'count',
          queries: [by('fault', `sum by (fault) (increase(${functions('events_dropped')}[5m]))`)],
        },
        {
          title: 'Interim transcripts dropped',
          description: 'Late ones, which a newer transcript has replaced, in 5 minutes.',
          unit: 'count',
          queries: [text('dropped', `sum(increase(${functions('interims_dropped', '_sum')}[5m]))`)],
        },
        {
          title: 'Oldest unacknowledged event',
          description: 'Above a few seconds, functions do not keep up or cannot append.',
          unit: 'seconds',
          queries: [
            by(
              'subscription_id',
              `max by (subscription_id) (${subscriptions('subscription/oldest_unacked_message_age')})`,
            ),
          ],
        },
        {
          title: 'Dead letters',
          description: 'They wait for npm run replay-dead-letters, for 7 days at most.',
          unit: 'count',
          queries: [text('dead letters', `sum(${deadLetters('subscription/num_undelivered_messages')})`)],
        },
      ],
    },
  ];
}
