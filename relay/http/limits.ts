/** Longest path segment that a route may take as a parameter, in characters. Dialogflow's ids have at most 128. */
export const PATH_PARAMETER_MAX_CHARS = 1024;

/** What bounds a client's hold on the HTTP server. No time limit touches a connection after its upgrade to WebSocket. */
export const HTTP_LIMITS = {
  /** Largest request body of the REST routes, in bytes. A registration or an integration key needs a few hundred. */
  bodyMaxBytes: 16 * 1024,
  /** Time to send a request's header, in milliseconds: 15 s, so that slow senders do not pile up. */
  headersMs: 15_000,
  /** Time to send a whole request, in milliseconds: 30 s, which is 1 MiB over a bad mobile line. */
  requestMs: 30_000,
  /** How often the two are checked, in milliseconds: what is late is closed in one turn, so few must become late at once. */
  checkEveryMs: 500,
  /** How long an idle connection stays, in milliseconds: longer than the 600 s of Google's load balancers, which would
   * otherwise send a request into a connection that is just being closed, and answer 502. */
  keepAliveMs: 620_000,
  /** Open connections: ten times the requests that Cloud Run ever sends to one instance (1,000). */
  connectionsMax: 10_000,
  /** Connections and sessions without a token; one more ends the oldest. A quarter of all connections: every desktop of
   * an instance may come back at once, and three quarters are always left to those whose token is known. */
  pendingConnectionsMax: 2_500,
  /** Time between two looks at all connections, in milliseconds: for half requests, and to make room for new ones. */
  dropPauseMs: 1_000,
  /** Requests under way on one connection. Browsers send one after the other; a pipeline of answers fills the memory. */
  pipelinedMax: 16,
};

export type HttpLimits = Readonly<typeof HTTP_LIMITS>;
