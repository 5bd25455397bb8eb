// Every limit of the relay: a named number with its unit, its default and why it is what it is.

/** Largest request body of the REST routes, in bytes. A registration or an integration key needs a few hundred. */
export const BODY_MAX_BYTES = 16 * 1024;

/** Longest path segment that a route may take as a parameter, in characters; Dialogflow's ids have at most 128. */
export const PATH_PARAMETER_MAX_CHARS = 1024;

/** Longest integration key, in characters. Phone numbers have 16, contact ids of the known desktops under 40. */
export const INTEGRATION_KEY_MAX_CHARS = 256;

/** How long an integration key leads to its conversation, in seconds: a day, longer than any call and its wrap-up. */
export const INTEGRATION_KEY_TTL_SECONDS = 24 * 60 * 60;

/** Longest token that is looked at, in characters. The longest that the relay issues is under 3,000. */
export const TOKEN_MAX_CHARS = 8_192;

/** Longest user name in a token, in characters; the rest is cut off, because nothing decides by it. */
export const USER_MAX_CHARS = 256;

/** Shortest signing key, in bytes: that of HS256's hash (RFC 7518, 3.2). A shorter one can be guessed offline. */
export const SIGNING_KEY_MIN_BYTES = 32;

/** How long an identity provider may take, in milliseconds, from the call to the end of its answer. They take under 1 s. */
export const PROVIDER_TIMEOUT_MS = 5_000;

/** Largest answer of an identity provider that is read, in bytes. A user with all its fields has under 10,000. */
export const PROVIDER_ANSWER_MAX_BYTES = 64 * 1024;

/** Calls to one identity provider that are under way at most: with the time above, 40 a second while it hangs. */
export const PROVIDER_CALLS_MAX = 200;

/** Longest credential that is shown to a provider, in characters. Entra's tokens with 200 groups, the most that it writes
 * into one, have 12,400; what is left of Node's 16 KiB of header is for a browser's other headers. */
export const PROVIDER_CREDENTIAL_MAX_CHARS = 14 * 1024;

/** Longest name of a user that is taken from a provider, in characters; e-mail addresses have at most 254. */
export const PROVIDER_NAME_MAX_CHARS = 256;

/** Age at which the keys of an OpenID Connect provider are read again, in milliseconds: soon after one is withdrawn. */
export const OIDC_KEYS_MAX_AGE_MS = 10 * 60_000;

/** Time from one reading of these keys to the next for a token that names an unknown one, in milliseconds. Providers
 * publish a key long before they sign with it, so only strangers wait for this. */
export const OIDC_KEYS_COOLDOWN_MS = 30_000;

/** Longest list of a user's conversations that is put into a token, in bytes of JSON: the token has to stay below
 * TOKEN_MAX_CHARS. */
export const CONVERSATIONS_CLAIM_MAX_BYTES = 4_096;

/** How long the authorizer may take, in milliseconds: somebody is waiting for every answer. */
export const AUTHORIZER_TIMEOUT_MS = 2_000;

/** How long an answer of the authorizer is used again, in milliseconds; so long may a change take to be felt. */
export const AUTHORIZER_CACHE_MS = 60_000;

/** When the authorizer is asked again about somebody who is in a conversation, after it did not answer, in milliseconds. */
export const AUTHORIZER_RETRY_MS = 15_000;

/** Answers that are kept at most, about 300 bytes each: 1,000 agents, each with a wall of conversations. */
export const AUTHORIZER_CACHE_MAX = 50_000;

/** Largest answer of the authorizer that is read, in bytes. It needs under 100. */
export const AUTHORIZER_ANSWER_MAX_BYTES = 16 * 1024;

/** Connections to the authorizer at most; at 20 ms an answer these are 1,600 answers a second. */
export const AUTHORIZER_CONNECTIONS = 32;

/** How often the source of the signing key is looked at, in milliseconds; a new key signs after two intervals. Cloud Run
 * fetches a mounted secret anew at every read, so this is 2,880 accesses a day. */
export const KEY_POLL_MS = 30_000;

/** How often tokens of an unknown key make a relay look for new keys, in milliseconds: strangers can make up any number. */
export const KEY_LOOK_EVERY_MS = 5_000;

/** How long Secret Manager may take, in milliseconds. It takes under 1 s, and the relay's start waits for it. */
export const SECRET_TIMEOUT_MS = 5_000;

/** How far ahead a token's time of issue may be, in seconds: relays issue for one another and their clocks differ. */
export const CLOCK_SKEW_SECONDS = 60;

/** What bounds a client's hold on the HTTP server. None of it touches a connection after its upgrade to WebSocket. */
export interface ConnectionLimits {
  /** Time to send a request's header, in milliseconds: 15 s, so that slow senders do not pile up. */
  headersMs: number;
  /** Time to send a whole request, in milliseconds: 30 s, which is 1 MiB over a bad mobile line. */
  requestMs: number;
  /** How often the two are checked, in milliseconds: 5 s, Node's 30 s would treble them. */
  checkEveryMs: number;
  /** How long an idle connection stays, in milliseconds: longer than the 600 s of Google's load balancers, which
   * would otherwise send a request into a connection that is just being closed, and answer 502. */
  keepAliveMs: number;
  /** Open connections at most: ten times the requests that Cloud Run ever sends to one instance (1,000). */
  max: number;
}

/**
 * Connections and sessions that have shown no token yet, at most; one more ends the oldest of them. A quarter of all
 * connections: every desktop of an instance may come back in the same moment (1,000 on Cloud Run), and three quarters
 * are always left to those whose token is known.
 */
export const NEWCOMERS_MAX = 2_500;

/** Time between two closings of idle connections while new ones are dropped, in milliseconds: each looks at all. */
export const DROP_PAUSE_MS = 1_000;

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersMs: 15_000,
  requestMs: 30_000,
  checkEveryMs: 5_000,
  keepAliveMs: 620_000,
  max: 10_000,
};

/** Largest message that a desktop may send over a socket, in bytes. A join with its cursor needs a few hundred. */
export const INBOUND_FRAME_MAX_BYTES = 16 * 1024;

/** Largest request body that goes to Dialogflow, in bytes. Its own requests are a few kilobytes. */
export const PROXY_BODY_MAX_BYTES = 1024 * 1024;

/** How long Dialogflow may take to answer, in milliseconds: a generated summary takes seconds, no desktop waits more. */
export const DIALOGFLOW_TIMEOUT_MS = 30_000;

/** How long shutting down may take, in milliseconds, of the 10 s that Cloud Run gives between SIGTERM and SIGKILL. */
export const SHUTDOWN_MAX_MS = 8_000;

/** Time from a connection, native or Socket.IO's, to its token, in milliseconds; nothing it sends meanwhile is kept. */
export const AUTH_TIMEOUT_MS = 10_000;

/** How long a closed session of long polling waits for a poll to tell of that, in milliseconds: clients poll at once. */
export const POLLING_CLOSE_MS = 2_000;

/** Tokens that one connection of Socket.IO may try; a desktop tries one, and once more where it has got another. */
export const CONNECT_TRIES_MAX = 5;

/** Joined conversations of one connection at most; an agent has a handful, a supervisor's wall of calls a few dozen. */
export const JOINED_MAX = 50;

/** Conversations that an expired token may come back to, the latest that it joined: what two connections may have joined. */
export const RESUMABLE_MAX = 2 * JOINED_MAX;

/** How often a native connection is pinged, in milliseconds: well within the minute after which proxies cut it. */
export const PING_EVERY_MS = 25_000;

/** How long the answer to a ping may take, in milliseconds, before the connection counts as dead. */
export const PONG_TIMEOUT_MS = 10_000;

/** What may wait to be sent to one desktop, in bytes; beyond it the desktop is closed, and resumes from the log. */
export const BACKLOG_MAX_BYTES = 1024 * 1024;

/** A malformed frame is answered; the next one within this time, in milliseconds, closes the connection. */
export const MALFORMED_WINDOW_MS = 60_000;

/** How long a native connection outlives its token, in milliseconds: time for a renewal that is under way. */
export const EXPIRY_GRACE_MS = 30_000;

/** Over how long the closes of a shutdown are spread, in milliseconds, so that the other relays are not hit at once. */
export const DRAIN_SPREAD_MS = 3_000;

/** Age at which a connection is closed, in milliseconds: Cloud Run cuts every request at 60 minutes. */
export const CONNECTION_AGE_MS = 55 * 60_000;

/** By how much that age differs from connection to connection, in milliseconds either way. */
export const CONNECTION_AGE_JITTER_MS = 3 * 60_000;

/** For how long tokens that are yet to be issued can be revoked, in seconds: a week, the longest that a session may last. */
export const BLOCK_MAX_SECONDS = 7 * 24 * 60 * 60;

/** How often a relay looks for revocations, in milliseconds: within 2 s the connections they go for are closed. */
export const REVOCATIONS_LOOK_MS = 500;

/** Time from the closing of a conversation's connections to its erasure, in milliseconds: every relay has looked by
 * then, and those that answer a close have written what they leave. */
export const ERASE_AFTER_MS = 2_000;

/** Registrations of one agent, a minute. A desktop registers once an hour and at each reload; with ten open it is few. */
export const REGISTRATIONS_PER_MINUTE = 60;

/** Calls of one agent to Dialogflow, a minute. A busy desktop makes a few for each utterance, which is one a second. */
export const CALLS_PER_MINUTE = 600;

/**
 * Refused attempts of one address, a minute: tokens and credentials that are not good, on any way in. A valid token
 * passes whatever its address has done; only registrations have to wait. So it is above what a site of 1,000 agents
 * behind one address sends when all come back with the tokens of the day before, ten requests each, together with
 * 200 a second from somebody among them.
 */
export const REFUSALS_PER_MINUTE = 24_000;

/** Joins of one connection: all that it may have joined, twice over, at once; then 5 a second. */
export const JOIN_RATE = { burst: 100, perSecond: 5 };

/** Frames that one connection sends: joins, pings and a token now and then; one that sends more is closed. */
export const FRAME_RATE = { burst: 500, perSecond: 50 };
