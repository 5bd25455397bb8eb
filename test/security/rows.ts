/** One thing that is tried: what Google's reference (the Python backend modules) does, and what this system does. */
export interface Row {
  /** S1 and so on are the known faults of the reference; the others are ours. */
  id: string;
  input: string;
  reference: string;
  ours: string;
}

/** The rows that a test of this folder shows. */
export const ROWS: readonly Row[] = [
  // tokens
  {
    id: 'S1',
    input: 'a token signed with the empty string',
    reference: 'accepted: its key is always empty, so anybody can mint tokens',
    ours: '401. With a key under 32 bytes the relay does not start',
  },
  {
    id: 'S22',
    input: 'registering as `{"a":[1]}`',
    reference: 'the token has this value, and nothing distinguishes two tokens',
    ours: 'a text of at most 256 characters, which decides nothing. The token also has `sub` (verified), `iat` and `jti`',
  },
  {
    id: 'alg',
    input: 'a token with `alg` `none`, HS384, RS256 or in another case',
    reference: '401',
    ours: '401, on REST and on both sockets',
  },
  {
    id: 'kid',
    input: 'a forged token whose `kid` is a path, SQL or a URL, or which has a key in `jwk`',
    reference: '401: it reads no `kid`',
    ours: '401: a `kid` selects no key. An unknown one makes the relay look for new keys, every 5 s at most',
  },
  // the proxy to Dialogflow
  {
    id: 'S2',
    input: 'a location such as `evil.example%23`, `evil.example%3F`, `x@evil.example`, `evil.example:8443`',
    reference: 'becomes the host, which gets the service account’s token',
    ours: '400, and nothing is called',
  },
  {
    id: 'S3',
    input: '`%2e%2e`, `%3F` or `%23` in the path behind `conversations/`',
    reference: 'decoded and resolved: any resource of the project',
    ours: '400, and nothing is called',
  },
  {
    id: 'S4',
    input: 'HEAD with a JSON body',
    reference: 'PATCH at Dialogflow',
    ours: 'GET without its body where GET is allowed, else 405',
  },
  {
    id: 'S5',
    input: 'another project, or an unused API version',
    reference: 'called with the service account',
    ours: '403 and 404, and nothing is called',
  },
  {
    id: 'S23',
    input: 'Dialogflow answers with a redirect, or with cookies',
    reference: 'the redirect is followed, all headers are copied',
    ours: '502. The relay drops cookies, and headers that bind a browser to another origin',
  },
  {
    id: 'paths',
    input: 'double escapes, overlong UTF-8, fullwidth slashes, backslashes, segments of dots',
    reference: 'decoded once and resolved',
    ours: '400 or 404, and nothing is called',
  },
  {
    id: 'bomb-in',
    input: 'a compressed request body',
    reference: 'passed to the JSON parser unchanged',
    ours: '415, and nothing is called',
  },
  {
    id: 'bomb-out',
    input: 'Dialogflow answers with gzip that unpacks to 500 MB',
    reference: 'unpacked in memory for the log',
    ours: 'forwarded compressed, while it arrives. Memory stays flat',
  },
  // what comes over HTTP
  {
    id: 'S21',
    input: 'a doubled slash with `Host: evil.example`',
    reference: '308 to `http://evil.example/…`',
    ours: 'leading slashes count as one, others are an error. No answer repeats the host or redirects',
  },
  {
    id: 'oversized',
    input: 'a body of 20 KB, or one with an announced size of 10 GB',
    reference: 'read, of any size',
    ours: '413 (over 16 KiB; 1 MiB to Dialogflow)',
  },
  {
    id: 'deep',
    input:
      'JSON nested as deep as a body allows, on REST, Socket.IO and the native protocol; 100,000 deep to a function',
    reference: '500 (recursion limit); redelivered for days',
    ours: 'refused like any malformed request. The function drops it',
  },
  {
    id: 'prototype',
    input: '`__proto__`, `constructor` and `prototype` as keys, on REST, Socket.IO and the native protocol',
    reference: 'no meaning in Python',
    ours: 'keys like any other. No object changes',
  },
  {
    id: 'crlf',
    input: 'line breaks in a key, an origin, a preflight’s header list and in header lines',
    reference: 'the list is repeated unchanged',
    ours: '400, or escaped in JSON. Never a separate header',
  },
  {
    id: 'h2c',
    input: '`Upgrade: h2c` with a request',
    reference: 'ignored',
    ours: 'ignored, and the request is served: only `websocket` is an upgrade',
  },
  {
    id: 'slowloris',
    input: 'header or body, a byte at a time',
    reference: 'holds one of 8 threads',
    ours: 'closed 15 s (header) or 30 s (whole request) after its start. The relay checks every half second',
  },
  // browsers
  {
    id: 'S15',
    input: 'a page of another site calls, polls or opens a socket',
    reference: 'allowed, and under `/socket.io/` with credentials. Cannot be restricted',
    ours: '`CORS_ALLOWED_ORIGINS`: one check for REST, Socket.IO and `/ws`. If not set: any origin, without credentials, and a warning at the start',
  },
  {
    id: 'origins',
    input:
      'origins that look like an allowed one: a suffix, a prefix, user information, another port, scheme or case, a dot at the end, `null`',
    reference: 'allowed',
    ours: '403 on REST, Socket.IO and `/ws`',
  },
  {
    id: 'preflight',
    input: 'a preflight that asks to reach a private network',
    reference: 'not answered',
    ours: 'never allowed',
  },
  {
    id: 'headers',
    input: 'any answer',
    reference: 'names its server. No policy for browsers',
    ours: 'no server name. `nosniff`, a content security policy that forbids framing and loading, no referrer, HSTS behind TLS',
  },
  // sockets
  {
    id: 'S7',
    input: 'a socket with a bad token, beside good ones',
    reference: 'every desktop of the instance is told `unauthenticated`',
    ours: 'refused alone. Other desktops are told nothing',
  },
  {
    id: 'S8',
    input:
      'joining and leaving names of no conversation: the digest of a phone number, a Redis key, a megabyte',
    reference: 'writes and deletes that key in Redis',
    ours: 'refused, without a call to Redis',
  },
  {
    id: 'frames',
    input: 'frames that are no JSON, binary, of an unknown type or over 64 KiB',
    reference: 'Socket.IO only: ignored, or closed over 1 MB',
    ours: 'answered once, then closed with 4502, or with 1009 if too large. Socket.IO closes',
  },
  {
    id: 'connects',
    input:
      'repeated CONNECT on one Socket.IO connection, with good and bad tokens. Leaving, but staying connected',
    reference: 'each is another socket, without a limit',
    ours: 'one desktop a connection. A second desktop, a sixth bad token or leaving ends the connection',
  },
  {
    id: 'half-open',
    input: 'as many sockets as a relay takes (10,000; 3,000 unless the long tests run) that send no token',
    reference: '8 fill an instance',
    ours: 'beyond 2,500 the oldest makes room. The others are closed with 4005 after 10 s. Memory does not grow from one time to the next. Meanwhile desktops connect and get their events',
  },
  // logs
  {
    id: 'S12',
    input:
      'a call with marked words, tokens, keys and a phone number, while Redis, Dialogflow and clients fail',
    reference: 'transcripts, phone numbers and tokens in the log',
    ours: 'none in any output of any process at any level. Redis has what was said, for a while. It has the others in no key and no value',
  },
  // Redis
  {
    id: 'S18',
    input: '`REDIS_SECURITY=tls-auth` without a password or without an authority',
    reference: 'supports neither: everybody who reaches Redis can write to desktops',
    ours: 'does not start, and names the variable',
  },
  {
    id: 'redis-tls',
    input: 'a Redis with TLS and a password',
    reference: 'cannot connect',
    ours: 'functions and relay work',
  },
  {
    id: 'redis-wrong-ca',
    input: 'a Redis whose certificate another authority signed',
    reference: 'cannot connect',
    ours: 'not connected. The log names `REDIS_TLS_CA`',
  },
  {
    id: 'redis-wrong-password',
    input: 'a wrong `REDIS_AUTH`',
    reference: 'supports none',
    ours: 'not connected. The log names the variable, never its value',
  },
];
