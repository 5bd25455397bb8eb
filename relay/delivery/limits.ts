/** Limits of delivery. */
export const DELIVERY_LIMITS = {
  /** How often quiet rooms compare themselves with the log, in milliseconds: a lost last message shows no gap. */
  idleCheckMs: 30_000,
  /** How long a room outlives its last member, in milliseconds: a reload takes less. */
  lingerMs: 1_000,
  /** How many rooms are read at once after a reconnect. */
  parallelReads: 64,
  /** How often a relay renews the presence of a conversation, in milliseconds: a third of the key's time to live. */
  presenceRenewMs: 30_000,
  /** How long a pub/sub connection may be silent before it is tested, in milliseconds: it may hang on a dead node. */
  subscriberSilenceMs: 30_000,
};

export type DeliveryLimits = Readonly<typeof DELIVERY_LIMITS>;
