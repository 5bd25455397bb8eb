// Every limit of the relay, by the layer that declares it with its unit, its default and why it is what it is.
import { DELIVERY_LIMITS } from './delivery/limits.ts';
import { DIALOGFLOW_LIMITS } from './dialogflow/limits.ts';
import { HTTP_LIMITS } from './http/limits.ts';
import { SESSION_LIMITS } from './session/limits.ts';
import { SOCKET_IO_LIMITS } from './socketio/limits.ts';
import { WEBSOCKET_LIMITS } from './websocket/limits.ts';

/** The limits that a relay runs with. */
export const LIMITS = Object.freeze({
  delivery: DELIVERY_LIMITS,
  session: SESSION_LIMITS,
  socketIo: SOCKET_IO_LIMITS,
  webSocket: WEBSOCKET_LIMITS,
  http: HTTP_LIMITS,
  dialogflow: DIALOGFLOW_LIMITS,
});

export type Limits = typeof LIMITS;

/** How long shutting down may take, in milliseconds, of the 10 s that Cloud Run gives between SIGTERM and SIGKILL. */
export const SHUTDOWN_MAX_MS = 8_000;

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

/** Conversations that an expired token may come back to, the latest that it joined: what two connections may have joined. */
export const RESUMABLE_MAX = 100;

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
