// What the on-call engineer is told, as one table. The rules for Prometheus, the alert policies of Cloud Monitoring and the
// table in docs/metrics.md are made of it. test/scripts/monitoring holds each expression to the metrics that exist.
//
// Relays of Cloud Run come and go, so that every expression sums over them. None divides: a share is a product that is
// compared, so that no traffic is no alert. A series that is not there yet makes no alert either.
import type { Sources } from './sources.ts';

export interface Alert {
  /** In a label of an alert policy: lower-case letters and hyphens. Stays, so that a policy is found again. */
  id: string;
  /** Its name in Prometheus. */
  name: string;
  title: string;
  /** `critical`: agents get nothing. `error`: some of them miss something. `warning`: they soon will. */
  severity: 'critical' | 'error' | 'warning';
  /** PromQL that has a value while something is wrong. */
  expr(from: Sources): string;
  /** How long the expression has had a value before the alert fires. */
  forSeconds: number;
  /** The expression and the time in words. */
  when: string;
  /** What it means for agents, in one sentence. */
  meaning: string;
  /** What to do first, in one sentence. */
  firstStep: string;
  /** The part of the documentation that leads further. */
  runbook: string;
  /** Of what Google measures: a Prometheus that only scrapes relays has no such series. */
  isGoogles?: true;
}

/** Redis is lost again and again. A failover is over before this has lasted for the alert's time. */
const losesRedis = ({ relay }: Sources) =>
  `sum(increase(${relay('agent_assist_redis_reconnects_total')}[2m])) > 0`;

const isReadOnly = ({ relay }: Sources) => `max(${relay('agent_assist_redis_read_only')}) > 0`;

export const ALERTS: readonly Alert[] = [
  {
    id: 'no-events',
    name: 'AgentAssistNoEvents',
    title: 'no events while calls are live',
    severity: 'critical',
    // A conversation that is only followed may be a page that was left open. Joins tell that agents take calls.
    expr: ({ relay }) =>
      [
        `sum(${relay('agent_assist_conversations')}) > 0`,
        `and sum(increase(${relay('agent_assist_joins_total', 'start!="place"')}[10m])) >= 3`,
        `and sum(increase(${relay('agent_assist_publish_to_delivery_seconds_count')}[5m])) == 0`,
      ].join('\n'),
    forSeconds: 300,
    when: 'at least 3 new joins in 10 minutes and no live event delivered in 5, for 5 minutes',
    meaning: 'Agents take calls and see neither transcript nor suggestions.',
    firstStep:
      'Run `npm run doctor`: it sends an event of each kind the whole way and names the step that fails.',
    runbook: 'docs/incidents.md#runbook',
  },
  {
    id: 'late-events',
    name: 'AgentAssistLateEvents',
    title: 'events come late',
    severity: 'error',
    expr: ({ relay }) =>
      [
        `histogram_quantile(0.99, sum by (le) (rate(${relay('agent_assist_publish_to_delivery_seconds_bucket')}[5m]))) > 2.5`,
        `and sum(increase(${relay('agent_assist_publish_to_delivery_seconds_count')}[5m])) >= 100`,
      ].join('\n'),
    forSeconds: 300,
    when: 'p99 from publication to delivery above 2.5 seconds, with at least 100 events in 5 minutes, for 5 minutes',
    meaning: 'Transcript and suggestions lag behind the speech of the call.',
    firstStep:
      'Run `npm run trace` on a conversation of now: it shows whether Pub/Sub, the function or the relay takes the time.',
    runbook: 'docs/incidents.md#tracing-a-conversation',
  },
  {
    id: 'resets',
    name: 'AgentAssistResets',
    title: 'histories broke while agents watched',
    severity: 'error',
    expr: ({ relay }) => `sum(increase(${relay('agent_assist_resets_total')}[10m])) > 0`,
    forSeconds: 0,
    when: 'any reset in 10 minutes',
    meaning: 'Redis lost events of running calls, and those desktops begin again with what is left.',
    firstStep: 'Look at the events of the Redis instance for a restart or a failover at that time.',
    runbook: 'docs/metrics.md#what-to-look-at',
  },
  {
    id: 'slow-closes',
    name: 'AgentAssistSlowCloses',
    title: 'desktops do not keep up',
    severity: 'warning',
    // One desktop on a bad line is no incident.
    expr: ({ relay }) => {
      const slow = `sum(increase(${relay('agent_assist_closes_total', 'reason="slow"')}[10m]))`;
      return `${slow} >= 5\nand ${slow} > 0.05 * sum(max_over_time(${relay('agent_assist_connections')}[10m]))`;
    },
    forSeconds: 0,
    when: 'at least 5 closes as `slow` in 10 minutes, and more than 5 % of the connections',
    meaning: 'Many desktops are disconnected because they take events too slowly, and reconnect.',
    firstStep: 'Ask which site or network those agents share: the audit log has their addresses.',
    runbook: 'docs/metrics.md#what-to-look-at',
  },
  {
    id: 'redis-reconnects',
    name: 'AgentAssistRedisReconnects',
    title: 'relays lose Redis again and again',
    severity: 'critical',
    expr: losesRedis,
    forSeconds: 240,
    when: 'a lost connection to Redis in every 2 minutes, for 4 minutes',
    meaning: 'Relays cannot reach Redis: nobody can join, and events wait in Pub/Sub.',
    firstStep: 'Look at the state of the Redis instance, then at the network between it and Cloud Run.',
    runbook: 'docs/incidents.md#runbook',
  },
  {
    id: 'redis-read-only',
    name: 'AgentAssistRedisReadOnly',
    title: 'Redis takes no writes',
    severity: 'critical',
    expr: isReadOnly,
    forSeconds: 120,
    when: 'a relay finds Redis read-only, for 2 minutes',
    meaning: 'All desktops stand still: functions append nothing, and Pub/Sub keeps the events.',
    firstStep: 'See `/ready` for the reason, and whether a failover of the Redis instance is under way.',
    runbook: 'docs/incidents.md#incidents-that-the-trace-names',
  },
  {
    id: 'redis-nearly-full',
    name: 'AgentAssistRedisNearlyFull',
    title: 'Redis is nearly full',
    severity: 'warning',
    expr: ({ relay }) => `max(${relay('agent_assist_redis_memory_used_ratio')}) > 0.85`,
    forSeconds: 600,
    when: 'more than 85 % of the memory of Redis used, for 10 minutes',
    meaning: 'At 100 % functions take no event, and all desktops stand still.',
    firstStep:
      'Raise `REDIS_SIZE_GB` and run `npm run deploy -- --only redis`: the instance grows while it serves.',
    runbook: 'docs/incidents.md#runbook',
  },
  {
    id: 'dialogflow-quota',
    name: 'AgentAssistDialogflowQuota',
    title: "Dialogflow's quota is used up",
    severity: 'error',
    expr: ({ relay }) => {
      const calls = `sum(increase(${relay('agent_assist_proxy_request_seconds_count', 'status="429"')}[5m]))`;
      // RESOURCE_EXHAUSTED
      const streams = `sum(increase(${relay('agent_assist_stream_ends_total', 'code="8"')}[5m]))`;
      // An agent who calls too often gets 429 from the relay itself, and uses up nothing.
      const reasons = 'reason=~"limit-calls|limit-calls-under-way"';
      const limited = `sum(increase(${relay('agent_assist_refusals_by_reason_total', reasons)}[5m]))`;
      return `(${calls} or vector(0)) + (${streams} or vector(0))\n- ${limited} >= 5`;
    },
    forSeconds: 0,
    when: 'at least 5 requests answered with 429, or streams ended for the quota, in 5 minutes',
    meaning: 'Messages and requests of some agents fail.',
    firstStep:
      'Compare the use of the quotas of the Dialogflow API with their limits in the console, and ask for more.',
    runbook: 'docs/incidents.md#incidents-that-the-trace-names',
  },
  {
    id: 'refused-registrations',
    name: 'AgentAssistRefusedRegistrations',
    title: 'most registrations are refused',
    severity: 'error',
    expr: ({ relay }) => {
      const refused = `sum(increase(${relay('agent_assist_registrations_total', 'outcome="refused"')}[10m]))`;
      return `${refused} >= 10\nand ${refused} > 0.5 * sum(increase(${relay('agent_assist_registrations_total')}[10m]))`;
    },
    forSeconds: 120,
    when: 'at least 10 registrations refused in 10 minutes, and more than half of all, for 2 minutes',
    meaning: 'Agents who sign in cannot use Agent Assist, or somebody guesses credentials.',
    firstStep:
      'Look up the reasons in the lines `registration refused` of the log, then the status of the identity provider.',
    runbook: 'docs/operations.md#refusals',
  },
  {
    id: 'dead-letters',
    name: 'AgentAssistDeadLetters',
    title: 'there are dead letters',
    severity: 'error',
    expr: ({ deadLetters }) => `sum(${deadLetters('subscription/num_undelivered_messages')}) > 0`,
    forSeconds: 60,
    when: 'any message in the subscription of the dead letters, for 1 minute',
    meaning: 'Functions failed to take these events 100 times, and no desktop gets them.',
    firstStep: 'Run `npm run replay-dead-letters`: it lists them with the fault of each.',
    runbook: 'docs/maintain.md#dead-letters',
    isGoogles: true,
  },
  {
    id: 'oldest-unacknowledged',
    name: 'AgentAssistOldestUnacknowledged',
    title: 'events wait in Pub/Sub',
    severity: 'error',
    // While Redis is away every event waits, and that has an alert of its own.
    expr: (from) =>
      [
        `max(${from.subscriptions('subscription/oldest_unacked_message_age')}) > 120`,
        `unless (${losesRedis(from)})`,
        `unless (${isReadOnly(from)})`,
      ].join('\n'),
    forSeconds: 180,
    when: 'an event waits in Pub/Sub for more than 2 minutes, while relays reach a Redis that takes writes, for 3 minutes',
    meaning: 'A function does not take its events, and desktops do not get them.',
    firstStep: 'Read the errors in the log of the functions: `event not taken` has the reason.',
    runbook: 'docs/incidents.md#runbook',
    isGoogles: true,
  },
];
