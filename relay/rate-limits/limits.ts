// How often an agent and an address may do something. Every count is over all relays.

export const RATE_LIMITS = {
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

export type RateLimits = Readonly<typeof RATE_LIMITS>;
