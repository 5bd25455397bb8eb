/** Limits of what a relay remembers for `POST /admin/trace`, and of what the answer lists. */
export const TRACE_LIMITS = {
  /** How long a refusal, a join and a leave are remembered, in milliseconds. */
  rememberMs: 3_600_000,
  /** Refusals that one relay remembers. Those of one agent, conversation and reason are one entry with a count. */
  refusalsMax: 2_000,
  /** The same of refusals before anybody knew who asked. A flood of them leaves the others alone. */
  unknownRefusalsMax: 100,
  /** Joins and leaves that one relay remembers, one entry for each agent in each conversation. */
  visitsMax: 2_000,
  /** Conversations of which one relay remembers when it delivered their events. */
  timedConversationsMax: 2_000,
  /** Of how many events of a conversation a relay remembers that, the newest. */
  timedEventsMax: 50,
  /** For how long Redis says that a relay has desktops after its last word, in milliseconds. */
  relaySeenMs: 90_000,
  /** Entries in each list of one relay's answer. */
  listedMax: 100,
  /** Events in an answer, the newest. */
  eventsMax: 200,
  /** How long the relays have to answer the one that asks, in milliseconds. */
  answerWithinMs: 2_000,
};

export type TraceLimits = Readonly<typeof TRACE_LIMITS>;
