/** Limits of the native protocol's connections. */
export const WEBSOCKET_LIMITS = {
  /** How often a connection is pinged, in milliseconds: well within the minute after which proxies cut it. */
  pingEveryMs: 25_000,
  /** How long the answer to a ping may take, in milliseconds, before the connection counts as dead. */
  pongTimeoutMs: 10_000,
  /** A malformed frame is answered. The next one within this time, in milliseconds, closes the connection. */
  malformedWindowMs: 60_000,
  /** How long a connection outlives its token, in milliseconds: time for a renewal that is under way. */
  expiryGraceMs: 30_000,
};

export type WebSocketLimits = Readonly<typeof WEBSOCKET_LIMITS>;
