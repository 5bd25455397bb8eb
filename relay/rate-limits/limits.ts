// What an agent and an address may do.
import type { BucketRate } from './token-bucket.ts';

/** What the connections of one agent to one relay may do together. */
export interface AgentLimits {
  connectionsMax: number;
  joinRate: BucketRate;
  renewalRate: BucketRate;
  messageRate: BucketRate;
}

/** Rates are counted over all relays, what is under way in each relay. */
const SHARED_LIMITS = {
  /**
   * Registrations of one agent, a minute. A desktop registers once an hour and at each reload, and an agent has few
   * open.
   */
  registrationsPerMinute: 60,
  /**
   * Calls of one agent to Dialogflow, a minute. A busy desktop makes a few for each utterance, and there is one a
   * second.
   */
  callsPerMinute: 600,
  /**
   * Calls of one agent to Dialogflow that are under way. A desktop has fewer than ten. One token of an application may
   * serve many desktops: with ten calls a second, which `callsPerMinute` allows, of six seconds each it has 60.
   */
  callsUnderWayMax: 64,
  /** Connections to Dialogflow, which agents share. One agent alone has at most half of them, as many as its calls. */
  dialogflowConnectionsMax: 128,
  /** How long a call waits for such a connection, in milliseconds: a third of the time that Dialogflow has. */
  dialogflowConnectionWaitMs: 10_000,
  /**
   * Bytes of request bodies for Dialogflow in memory, which agents share: an eighth of the memory of an instance. Bodies
   * have a few kilobytes, and at most 1 MiB.
   */
  callBodiesMaxBytes: 64 * 1024 * 1024,
  /**
   * Lookups of integration keys by one agent, a minute. A Salesforce desktop that waits for its call looks every 5 s,
   * so that one token serves 50 of them.
   */
  keyLookupsPerMinute: 600,
  /** Integration keys that one agent stores or deletes, a minute: one of each for ten calls a second. */
  keyWritesPerMinute: 1_200,
  /**
   * Integration keys that one agent stores, a day, which is how long a key is kept. A key takes about 300 bytes of Redis,
   * so these are 6 MB. An application that uses one token for its life of an hour may start five calls a second.
   */
  keysStoredPerDay: 20_000,
  /**
   * Pages of the list of conversations that one agent reads, a minute. A supervisor's page reads ten pages every 3 s at
   * most, so that it may be open three times.
   */
  listsPerMinute: 600,
  /**
   * Refused attempts of one address, a minute: bad tokens and credentials, on any way in. A valid token passes whatever
   * its address has done; only registrations have to wait. So the limit is above what a site of 1,000 agents behind one
   * address sends when all return with the tokens of the day before, ten requests each, together with 200 a second of
   * an attacker among them.
   */
  refusalsPerMinute: 24_000,
  /**
   * Wrong admin tokens of one address, a minute. An administrator makes a few calls a day. A guess among 32 random bytes has
   * no chance at any rate: the limit keeps the audit log short.
   */
  adminRefusalsPerMinute: 60,
  /** Keys over their limit that one relay remembers at most, for each rate. Redis refuses those that it has dropped. */
  blockedMax: 5_000,
};

/** Counted by each relay for its own connections. */
const OWN_LIMITS = {
  /** Of an identity with all its tokens. Its rates are ten times those of one connection. */
  agent: {
    /**
     * A console opens a frame with a connection for each of 20 conversations. Two devices, each connecting again before
     * its old connections have ended, make 80.
     */
    connectionsMax: 100,
    /** The agent comes back with 20 connections of 50 conversations at once. */
    joinRate: { burst: 1_000, perSecond: 50 },
    /** 100 connections that renew every 20 s need 5 a second. */
    renewalRate: { burst: 100, perSecond: 5 },
    /** A message is a join, a leave, a token or a ping. */
    messageRate: { burst: 5_000, perSecond: 500 },
  } as AgentLimits,
  /** Of a token that may serve many desktops. */
  application: {
    /** Half of all connections of a relay, so that agents find room. On Cloud Run a relay has at most 1,000. */
    connectionsMax: 5_000,
    /** All connections come back with five conversations at once. */
    joinRate: { burst: 25_000, perSecond: 500 },
    /** Twice for each connection at once. 5,000 connections that renew every 20 s need 250 a second. */
    renewalRate: { burst: 10_000, perSecond: 250 },
    /** Twenty for each connection at once, then one a second. */
    messageRate: { burst: 100_000, perSecond: 5_000 },
  } as AgentLimits,
  /** Renewals of one connection. The browser client waits at least 20 s from one to the next. */
  renewalRate: { burst: 10, perSecond: 0.2 },
  /** Agents without a connection whose joins, renewals and messages still count, of about 1 KiB each. */
  idleAgentsMax: 5_000,
  /** For how long, in milliseconds. By then any of them may do as much at once as ever. */
  idleAgentMs: 60_000,
};

export const RATE_LIMITS = { ...SHARED_LIMITS, ...OWN_LIMITS };

export type RateLimits = Readonly<typeof RATE_LIMITS>;
