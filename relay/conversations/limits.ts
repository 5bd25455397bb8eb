// Limits of the list of conversations, and of the counts of desktops that it shows.

/** How long a relay's counts of desktops outlive it, in seconds. */
export const DESKTOPS_TTL_SECONDS = 90;

export const CONVERSATION_LIMITS = {
  /** Most conversations on one page of the list. */
  listPageMax: 200,
  /** How many conversations' logs are read at once for one page. */
  listParallelReads: 64,
  /** Newest events of a conversation that are looked at when the relay has not listed it before. */
  callEventsMax: 60,
  /** Most bytes of them: each has a few kilobytes, and at most 1 MiB. */
  callBytesMax: 256 * 1024,
  /** How long what was read of a conversation is used again, in milliseconds. Several supervisors then share a read. */
  callFreshMs: 1_000,
  /** Conversations of which a relay remembers what it has read, of about 1 KiB each. */
  callsRememberedMax: 5_000,
  /** How long a change of the count of desktops may wait for others, in milliseconds. */
  desktopsFlushMs: 500,
  /** How often a relay renews its counts, in milliseconds: a third of their time to live. */
  desktopsRenewMs: 30_000,
};

export type ConversationLimits = Readonly<typeof CONVERSATION_LIMITS>;
