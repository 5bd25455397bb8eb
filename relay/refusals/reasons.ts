/**
 * Why a relay refuses something, by the name in the log and in the metrics. docs/operations.md has the remedies. A name
 * never changes its meaning.
 */
export const REFUSAL_REASONS = {
  // Tokens and credentials.
  'token-missing': 'no token was shown',
  'token-malformed': 'the `auth` of Socket.IO is no object, or its `token` is no text',
  'token-unparsable': 'the token is malformed, or its signature is wrong',
  'token-unknown-key': 'the token names a signing key that the relay does not have',
  'token-no-project': 'the token names no project',
  'token-other-project': 'the token is of another project',
  'token-no-expiry': 'the token has no expiry',
  'token-expired': 'the token has expired',
  'token-revoked': 'an administrator revoked the token, or all tokens of its identity',
  'token-other-subject': 'a connection was shown the token of another agent',
  'service-token': 'the ID token of a service account was not accepted',
  'admin-token': 'the admin token is missing or wrong',
  credential: 'the identity provider did not accept the credential',
  'pid-other-subject': 'a page came back with the `pid` of another agent',

  // Requests and upgrades before a token is looked at.
  origin: '`CORS_ALLOWED_ORIGINS` does not list the origin of the page',
  draining: 'the relay is shutting down',
  'upgrade-path': 'a WebSocket was asked for at a path that has none',
  'upgrade-subprotocol': 'a client of `/ws` did not offer the subprotocol',
  'upgrade-version': 'the version of the WebSocket protocol is not 13',
  'upgrade-malformed': 'the upgrade to WebSocket is malformed',
  'engine-version': 'the client is socket.io-client 2 or older',
  'engine-transport': 'the transport is unknown, or a WebSocket was asked for without an upgrade',
  'engine-session': 'the relay does not have this session of long polling',
  'engine-method': 'long polling with another method than GET or POST',
  'engine-jsonp': 'long polling with JSONP',
  'engine-request': 'Engine.IO cannot read the request',
  namespace: 'the client asks for another namespace than `/`',

  // Connections.
  'auth-first': 'the first frame was not `auth`',
  'auth-timeout': 'no token came within 10 seconds',
  'bad-packet': 'a packet of Socket.IO is malformed',
  'bad-frame': 'a frame or a request of a desktop is malformed',
  'bad-websocket-frame': 'the bytes are no frame of WebSocket',
  'frame-too-large': 'a message is longer than allowed',

  // Conversations.
  'bad-conversation': 'the name is not one of a conversation',
  'other-project': 'the conversation or the resource is of another project',
  'bad-cursor': '`after` is no cursor',
  'not-joined': 'the conversation to leave is not joined, or was left before its join was through',
  'too-many-joins': 'the connection has joined as many conversations as it may',
  'access-denied': "the authorizer or the token's list does not let the agent see the conversation",
  'access-revoked': 'an administrator revoked the conversation, or what the identity may see',
  'access-location': '`ALLOWED_LOCATIONS` does not list the location',
  'access-read-only': 'a supervisor may only read',
  'access-supervisors': 'only a supervisor may list conversations',
  'access-unchecked': 'the authorizer does not answer',
  'access-withdrawn': 'the agent lost access to a conversation that it had joined',
  unavailable: 'Redis did not answer, or the relay met an error',

  // Answers 4xx of requests, where no other reason is known.
  'request-malformed': 'the request is malformed (400)',
  'request-forbidden': 'the request is forbidden (403)',
  'not-found': 'nothing is there (404)',
  'request-method': 'the method is not allowed (405)',
  'request-too-slow': 'the request did not come in time (408)',
  'request-too-large': 'the body or the URL is too long (413, 414)',
  'request-content-type': 'the content type is not JSON (415)',
  'request-expectation': 'the header `Expect` cannot be met (417)',
  dialogflow: 'Dialogflow refused the call (4xx)',
  'http-malformed': 'the bytes are no HTTP request',
  'http-header-too-large': 'the header of a request is longer than 16 KiB',
  'stream-malformed': 'a request of a stream is malformed',

  // Limits.
  'limit-registrations': 'an agent registers too often',
  'limit-refusals': 'too many attempts of one address were refused',
  'limit-admin-refusals': 'one address shows too many wrong admin tokens',
  'limit-calls': 'an agent calls Dialogflow too often',
  'limit-calls-under-way': 'an agent has too many calls to Dialogflow under way',
  'limit-analyze-content': 'the quota of `analyzeContent` is used up',
  'limit-key-lookups': 'an agent looks up integration keys too often',
  'limit-key-writes': 'an agent stores or deletes integration keys too often',
  'limit-keys-stored': 'an agent has stored too many integration keys',
  'limit-lists': 'an agent reads the list of calls too often',
  'limit-authorizer': "an agent's questions wait for the authorizer behind its own",
  'limit-streams': 'an agent or a connection has too many streams, or too much waits on them',
  'limit-connections': 'an agent has too many connections',
  'limit-connects': 'one Socket.IO connection asks to be let in too often',
  'limit-joins': 'a connection or its agent joins too often',
  'limit-renewals': 'a connection or its agent renews its token too often',
  'limit-frames': 'a connection or its agent sends too many frames',
  'limit-pending': 'too many connections have shown no token: the oldest was ended',
  'limit-sockets': 'the relay has as many connections as it takes',
  'limit-pipelining': 'too many requests are under way on one connection',
} as const;

export type RefusalReason = keyof typeof REFUSAL_REASONS;

/** For a WARNING in the log: an operator can do something about it, or somebody asks for too much. */
export function isWarned(reason: RefusalReason): boolean {
  return (
    reason.startsWith('limit-') || reason === 'origin' || reason === 'admin-token' || reason === 'unavailable'
  );
}
