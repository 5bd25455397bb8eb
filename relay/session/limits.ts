/** Limits of one desktop's connection, the same for both protocols. */
export const SESSION_LIMITS = {
  /** Time from a connection to its token, in milliseconds. */
  authTimeoutMs: 10_000,
  /** Largest message before the token, in bytes. The relay may have to keep a part of one for each of 2,500 strangers. */
  firstFramesMaxBytes: 16 * 1024,
  /** Largest message of a desktop on a socket, in bytes. The largest is a tool call's parameters on a stream. */
  inboundFrameMaxBytes: 64 * 1024,
  /** Frames that one connection may send: joins, pings and a token now and then. One that sends more is closed. */
  frameRate: { burst: 500, perSecond: 50 },
  /** Joins of one connection: twice the conversations that it may have joined at once, then 5 a second. */
  joinRate: { burst: 100, perSecond: 5 },
  /** Joined conversations of one connection. An agent has a handful, a supervisor's wall of calls a few dozen. */
  joinedMax: 50,
  /** Mean pause before a join by name is tried again, in milliseconds. The pause varies by half in both directions. */
  joinRetryMs: 500,
  /** Bytes that may wait to be sent to one desktop. Beyond it the desktop is closed, and resumes from the log. */
  backlogMaxBytes: 1024 * 1024,
  /** When the authorizer is asked again about a joined conversation after it did not answer, in milliseconds. */
  authorizerRetryMs: 15_000,
  /** Age at which a connection is closed, in milliseconds: Cloud Run cuts every request at 60 minutes. */
  connectionAgeMs: 55 * 60_000,
  /** How far a connection's age may differ from that in both directions, in milliseconds. */
  connectionAgeJitterMs: 3 * 60_000,
  /** Time over which the closes of a shutdown are spread, in milliseconds, to spare the other relays a rush. */
  drainSpreadMs: 3_000,
};

export type SessionLimits = Readonly<typeof SESSION_LIMITS>;
