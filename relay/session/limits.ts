/** Limits of one desktop's connection, the same for both protocols. */
export const SESSION_LIMITS = {
  /** Time from a connection to its token, in milliseconds. */
  authTimeoutMs: 10_000,
  /** Largest message before the token, in bytes. 2,500 strangers may have the relay keep as much, each of a message's part. */
  firstFramesMaxBytes: 16 * 1024,
  /** Largest message that a desktop may send over a socket, in bytes: one with a tool call's parameters, on a stream. */
  inboundFrameMaxBytes: 64 * 1024,
  /** Frames that one connection may send: joins, pings and a token now and then. One that sends more is closed. */
  frameRate: { burst: 500, perSecond: 50 },
  /** Joins of one connection: twice the conversations that it may have joined at once, then 5 a second. */
  joinRate: { burst: 100, perSecond: 5 },
  /** Joined conversations of one connection. An agent has a handful, a supervisor's wall of calls a few dozen. */
  joinedMax: 50,
  /** Pause before a join by name is tried again, in milliseconds, half as long to half as long again. */
  joinRetryMs: 500,
  /** Bytes that may wait to be sent to one desktop. Beyond it the desktop is closed, and resumes from the log. */
  backlogMaxBytes: 1024 * 1024,
  /** When the authorizer is asked again about a joined conversation after it did not answer, in milliseconds. */
  authorizerRetryMs: 15_000,
  /** Age at which a connection is closed, in milliseconds: Cloud Run cuts every request at 60 minutes. */
  connectionAgeMs: 55 * 60_000,
  /** By how much that age differs from connection to connection, in milliseconds either way. */
  connectionAgeJitterMs: 3 * 60_000,
  /** Over how long the closes of a shutdown are spread, in milliseconds, so that the other relays are not hit at once. */
  drainSpreadMs: 3_000,
};

export type SessionLimits = Readonly<typeof SESSION_LIMITS>;
