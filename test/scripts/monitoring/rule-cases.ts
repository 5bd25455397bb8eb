// When each alert fires and when not, for promtool, which plays series in no time: a sample every 30 s, in its own notation.

export interface RuleCase {
  alert: string;
  what: string;
  series: Readonly<Record<string, string>>;
  /** Minutes at which it fires, and at which it does not. */
  fires?: number;
  silent: readonly number[];
}

const ALWAYS = [2, 5, 10, 20, 29];
const SUBSCRIPTION = (id: string) => `{monitored_resource="pubsub_subscription",subscription_id="${id}"}`;
const WAITING = 'pubsub_googleapis_com:subscription_oldest_unacked_message_age';
const OF_A_FUNCTION = `${WAITING}${SUBSCRIPTION('eventarc-us-central1-new-message-event-123456-sub-789')}`;
const LATE = 'agent_assist_publish_to_delivery_seconds';
const NEW_JOINS = 'agent_assist_joins_total{start="live",recovered="true"}';

export const RULE_CASES: readonly RuleCase[] = [
  {
    alert: 'AgentAssistNoEvents',
    what: 'joins and no event',
    series: { agent_assist_conversations: '9x60', [NEW_JOINS]: '0+1x60', [`${LATE}_count`]: '7x60' },
    fires: 15,
    silent: [2],
  },
  {
    alert: 'AgentAssistNoEvents',
    what: 'joins and events',
    series: { agent_assist_conversations: '9x60', [NEW_JOINS]: '0+1x60', [`${LATE}_count`]: '0+1x60' },
    silent: ALWAYS,
  },
  {
    alert: 'AgentAssistNoEvents',
    what: 'pages that were left open and reconnect',
    series: {
      agent_assist_conversations: '9x60',
      'agent_assist_joins_total{start="place",recovered="true"}': '0+5x60',
      [`${LATE}_count`]: '7x60',
    },
    silent: ALWAYS,
  },
  {
    alert: 'AgentAssistLateEvents',
    what: 'events of 2.5 to 5 s',
    series: late('0x60', '0+20x60'),
    fires: 15,
    silent: [2],
  },
  {
    alert: 'AgentAssistLateEvents',
    what: 'a few late events',
    series: late('0x60', '0+1x60'),
    silent: ALWAYS,
  },
  { alert: 'AgentAssistLateEvents', what: 'no event', series: late('5x60', '5x60'), silent: ALWAYS },
  {
    alert: 'AgentAssistResets',
    what: 'one reset at 10 min',
    series: { agent_assist_resets_total: '0x20 1x40' },
    fires: 12,
    silent: [5, 25],
  },
  {
    alert: 'AgentAssistSlowCloses',
    what: '20 of 100 desktops',
    series: {
      'agent_assist_closes_total{reason="slow"}': '0+1x20 20x40',
      'agent_assist_connections{protocol="native"}': '100x60',
    },
    fires: 8,
    silent: [25],
  },
  {
    alert: 'AgentAssistSlowCloses',
    what: '20 of 1,000 desktops',
    series: {
      'agent_assist_closes_total{reason="slow"}': '0+1x20 20x40',
      'agent_assist_connections{protocol="native"}': '1000x60',
    },
    silent: ALWAYS,
  },
  {
    alert: 'AgentAssistRedisReconnects',
    what: 'attempts for 15 min',
    series: { 'agent_assist_redis_reconnects_total{connection="commands"}': '0+1x30 30x30' },
    fires: 10,
    silent: [2, 25],
  },
  {
    alert: 'AgentAssistRedisReconnects',
    what: 'one failover',
    series: { 'agent_assist_redis_reconnects_total{connection="commands"}': '0x10 3x50' },
    silent: ALWAYS,
  },
  {
    alert: 'AgentAssistRedisReadOnly',
    what: 'read-only for 5 min',
    series: { agent_assist_redis_read_only: '0x10 1x10 0x40' },
    fires: 9,
    silent: [4, 15],
  },
  {
    alert: 'AgentAssistRedisReadOnly',
    what: 'read-only for a minute',
    series: { agent_assist_redis_read_only: '0x10 1x1 0x40' },
    silent: ALWAYS,
  },
  {
    alert: 'AgentAssistRedisNearlyFull',
    what: '90 %',
    series: { agent_assist_redis_memory_used_ratio: '0.9x60' },
    fires: 12,
    silent: [5],
  },
  {
    alert: 'AgentAssistDialogflowQuota',
    what: '20 answers of 429 in 5 min',
    series: quota('0x60'),
    fires: 8,
    silent: [0],
  },
  {
    alert: 'AgentAssistDialogflowQuota',
    what: 'as many of an agent who calls too often',
    series: quota('0+2x60'),
    silent: ALWAYS,
  },
  {
    alert: 'AgentAssistRefusedRegistrations',
    what: 'two thirds refused',
    series: registrations('0+2x20 40x40', '0+1x60'),
    fires: 9,
    silent: [2, 25],
  },
  {
    alert: 'AgentAssistRefusedRegistrations',
    what: 'a sixth refused',
    series: registrations('0+1x60', '0+5x60'),
    silent: ALWAYS,
  },
  {
    alert: 'AgentAssistDeadLetters',
    what: 'three, until they are published again',
    series: {
      [`pubsub_googleapis_com:subscription_num_undelivered_messages${SUBSCRIPTION('aa-dead-letter-sub')}`]:
        '0x5 3x20 0x40',
    },
    fires: 6,
    silent: [2, 20],
  },
  {
    alert: 'AgentAssistOldestUnacknowledged',
    what: 'an event waits',
    series: { [OF_A_FUNCTION]: '200x60' },
    fires: 6,
    silent: [2],
  },
  {
    alert: 'AgentAssistOldestUnacknowledged',
    what: 'an event waits while Redis is away',
    series: {
      [OF_A_FUNCTION]: '200x60',
      'agent_assist_redis_reconnects_total{connection="commands"}': '0+1x60',
    },
    silent: ALWAYS.slice(1),
  },
  {
    alert: 'AgentAssistOldestUnacknowledged',
    what: 'a message of another subscription waits',
    series: { [`${WAITING}${SUBSCRIPTION('billing')}`]: '900x60' },
    silent: ALWAYS,
  },
];

function late(within: string, all: string): Record<string, string> {
  return {
    [`${LATE}_bucket{le="2.5"}`]: within,
    [`${LATE}_bucket{le="5"}`]: all,
    [`${LATE}_bucket{le="+Inf"}`]: all,
    [`${LATE}_count`]: all,
  };
}

function quota(limited: string): Record<string, string> {
  return {
    'agent_assist_proxy_request_seconds_count{route="/v2",status="429"}': '0+2x60',
    'agent_assist_refusals_by_reason_total{reason="limit-calls"}': limited,
  };
}

function registrations(refused: string, done: string): Record<string, string> {
  return {
    'agent_assist_registrations_total{outcome="refused"}': refused,
    'agent_assist_registrations_total{outcome="done"}': done,
  };
}
