// The dashboard as one table: the Grafana JSON and the dashboard of Cloud Monitoring are made of it.
import { by, panel, type Section, text } from './panel.ts';
import type { Sources } from './sources.ts';

export function sections(from: Sources): Section[] {
  const { relay, functions, subscriptions, deadLetters } = from;
  const perSecond = (metric: string, label: string) =>
    by(label, `sum by (${label}) (rate(${relay(metric)}[5m]))`);
  const inFive = (metric: string, label: string) =>
    by(label, `sum by (${label}) (increase(${relay(metric)}[5m]))`);
  // Most reasons never happen, and their lines would hide the others.
  const happened = (metric: string, label: string) =>
    by(label, `sum by (${label}) (increase(${relay(metric)}[5m])) > 0`);
  const allInFive = (name: string, metric: string, ...matchers: string[]) =>
    text(name, `sum(increase(${relay(metric, ...matchers)}[5m]))`);
  const quantile = (of: number, metric: string, ...labels: string[]) =>
    `histogram_quantile(${of}, sum by (${['le', ...labels].join(', ')}) (rate(${relay(`${metric}_bucket`)}[5m])))`;
  const quantiles = (metric: string) =>
    [0.5, 0.95, 0.99].map((of) => text(`p${of * 100}`, quantile(of, metric)));

  return [
    {
      title: 'Agents and calls',
      panels: [
        panel(
          'Connections',
          'Open connections of desktops on all relays.',
          'count',
          by('protocol', `sum by (protocol) (${relay('agent_assist_connections')})`),
        ),
        panel(
          'Conversations and joins under way',
          'A conversation that desktops on two relays follow counts twice.',
          'count',
          text('conversations', `sum(${relay('agent_assist_conversations')})`),
          text('joins in flight', `sum(${relay('agent_assist_joins_in_flight')})`),
        ),
        panel(
          'Relays by version',
          'Two versions stay side by side for up to an hour after a deployment.',
          'count',
          by('version', `count by (version) (${relay('agent_assist_build_info')})`),
        ),
        panel(
          'Joins',
          'A wave with start "place" is desktops that reconnect.',
          'perSecond',
          perSecond('agent_assist_joins_total', 'start'),
        ),
      ],
    },
    {
      title: 'Delivery',
      panels: [
        panel(
          'Events delivered',
          'One for each desktop that gets an event.',
          'perSecond',
          perSecond('agent_assist_events_delivered_total', 'kind'),
        ),
        panel(
          'From publication to delivery',
          'From the publish time in Pub/Sub to the first desktop of each relay, live events only.',
          'seconds',
          ...quantiles('agent_assist_publish_to_delivery_seconds'),
        ),
        panel(
          'Events that desktops missed',
          'Resets, skipped events and joins that could not go on where they were, in 5 minutes.',
          'count',
          allInFive('resets', 'agent_assist_resets_total'),
          allInFive('skipped events', 'agent_assist_events_skipped_total'),
          allInFive('joins with a gap', 'agent_assist_joins_total', 'recovered="false"'),
        ),
        panel(
          'Reads of the log',
          'A join takes that long, and more when Redis is overloaded.',
          'seconds',
          ...quantiles('agent_assist_log_read_seconds'),
        ),
      ],
    },
    {
      title: 'Refusals and closes',
      panels: [
        panel(
          'Closes by reason',
          'Connections that relays closed in 5 minutes.',
          'count',
          happened('agent_assist_closes_total', 'reason'),
        ),
        panel(
          'Refusals by reason',
          'What was refused in 5 minutes, on every way into the relay.',
          'count',
          happened('agent_assist_refusals_by_reason_total', 'reason'),
        ),
        panel(
          'Registrations',
          'Tokens that were asked for in 5 minutes.',
          'count',
          inFive('agent_assist_registrations_total', 'outcome'),
        ),
        panel(
          'Refusals over sockets',
          'By the codes of the native protocol, in 5 minutes.',
          'count',
          happened('agent_assist_refusals_total', 'code'),
        ),
      ],
    },
    {
      title: 'Redis',
      panels: [
        panel(
          'Memory used',
          'Functions take no event when Redis is full.',
          'ratio',
          text('used', `max(${relay('agent_assist_redis_memory_used_ratio')})`),
        ),
        panel(
          'Lost connections',
          'Reconnects in 5 minutes, on all relays.',
          'count',
          inFive('agent_assist_redis_reconnects_total', 'connection'),
        ),
        panel(
          'Lost writes',
          'Writes that Redis did not take and nobody waits for, in 5 minutes.',
          'count',
          inFive('agent_assist_redis_lost_writes_total', 'what'),
        ),
        panel(
          'Read-only',
          '1 while a relay finds that Redis takes no writes.',
          'count',
          text('read-only', `max(${relay('agent_assist_redis_read_only')})`),
        ),
      ],
    },
    {
      title: 'Dialogflow',
      panels: [
        panel(
          'Time of requests, p95',
          'Requests of desktops to Dialogflow, by route.',
          'seconds',
          by('route', quantile(0.95, 'agent_assist_proxy_request_seconds', 'route')),
        ),
        panel(
          'Requests by status',
          '429 is a quota that is used up.',
          'perSecond',
          perSecond('agent_assist_proxy_request_seconds_count', 'status'),
        ),
        panel(
          'Open streams',
          'Streams of suggestions to Dialogflow.',
          'count',
          text('streams', `sum(${relay('agent_assist_streams')})`),
        ),
        panel(
          'Ended and refused streams',
          'By the code that the desktop was told, in 5 minutes; 0 is a stream that ended well.',
          'count',
          happened('agent_assist_stream_ends_total', 'code'),
          allInFive('refused', 'agent_assist_stream_refusals_total'),
        ),
      ],
    },
    {
      title: 'Relay processes',
      panels: [
        panel(
          'Event loop lag, p99',
          'The worst relay: above 0.1 s desktops notice.',
          'seconds',
          text('worst', `max(${relay('nodejs_eventloop_lag_p99_seconds')})`),
        ),
        panel(
          'Memory',
          'The largest relay, of RELAY_MEMORY.',
          'bytes',
          text('largest', `max(${relay('process_resident_memory_bytes')})`),
        ),
        panel(
          'Processor',
          'The busiest relay: 1 is a whole processor.',
          'ratio',
          text('busiest', `max(rate(${relay('process_cpu_seconds_total')}[5m]))`),
        ),
      ],
    },
    {
      title: 'Functions and Pub/Sub, as Google measures them',
      panels: [
        panel(
          'Conversations that began',
          'First events in 5 minutes, from the log of the functions.',
          'count',
          text('conversations', `sum(increase(${functions('first_events')}[5m]))`),
        ),
        panel(
          'Events dropped',
          'Messages that can never become an event, in 5 minutes.',
          'count',
          by('fault', `sum by (fault) (increase(${functions('events_dropped')}[5m]))`),
        ),
        panel(
          'Interim transcripts dropped',
          'Late ones, which a newer transcript has replaced, in 5 minutes.',
          'count',
          text('dropped', `sum(increase(${functions('interims_dropped', '_sum')}[5m]))`),
        ),
        panel(
          'Oldest unacknowledged event',
          'Above a few seconds, functions do not keep up or cannot append.',
          'seconds',
          by(
            'subscription_id',
            `max by (subscription_id) (${subscriptions('subscription/oldest_unacked_message_age')})`,
          ),
        ),
        panel(
          'Dead letters',
          'They wait for npm run replay-dead-letters, for 7 days at most.',
          'count',
          text('dead letters', `sum(${deadLetters('subscription/num_undelivered_messages')})`),
        ),
      ],
    },
  ];
}
