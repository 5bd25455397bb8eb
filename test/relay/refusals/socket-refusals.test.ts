// What is refused on both kinds of sockets leaves one line and one count, with whose token it was.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { originPattern } from '../../../relay/http/browsers/origin-check.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import type { RefusalReason } from '../../../relay/refusals/reasons.ts';
import { SOCKET_IO_LIMITS } from '../../../relay/socketio/limits.ts';
import { SUBPROTOCOL } from '../../../shared/wire.ts';
import { dial, rawRequest, upgradeRequest } from '../../helpers/raw-http.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin, idOf } from '../admin/admin-requests.ts';
import { type Line, PHONE, RefusalsFixture } from './refusals-fixture.ts';

const LISTED = 'https://desk.example.com';
const FOREIGN = 'https://evil.example';
const AUTH_TIMEOUT_MS = 400;
const JOINED_MAX = 2;
const FRAMES_MAX = 50;
const CONNECTIONS_MAX = 4;

const fixture = new RefusalsFixture(test, {
  adminToken,
  settings: { CORS_ALLOWED_ORIGINS: String(originPattern(LISTED)) },
  limits: {
    session: {
      authTimeoutMs: AUTH_TIMEOUT_MS,
      joinedMax: JOINED_MAX,
      joinRate: { burst: 4, perSecond: 0.001 },
      frameRate: { burst: FRAMES_MAX, perSecond: 0.001 },
    },
    rateLimits: {
      agent: { ...RATE_LIMITS.agent, connectionsMax: CONNECTIONS_MAX },
      renewalRate: { burst: 1, perSecond: 0.001 },
    },
    webSocket: { malformedWindowMs: 1 },
  },
});

const ENGINE = '/socket.io/?EIO=4&transport=';
const version = (number: number) => upgradeRequest('/ws').replace('Version: 13', `Version: ${number}`);

/** Requests as bytes, and why each is refused. */
const REQUESTS: Record<string, [reason: RefusalReason, bytes: Buffer | string]> = {
  'an upgrade at an unknown path': ['upgrade-path', upgradeRequest(`/wrong/${PHONE}`)],
  'an upgrade of an origin that is not listed': ['origin', upgradeRequest('/ws', [`Origin: ${FOREIGN}`])],
  'an upgrade without the subprotocol': [
    'upgrade-subprotocol',
    upgradeRequest('/ws').replace(SUBPROTOCOL, 'chat'),
  ],
  'an upgrade of version 12': ['upgrade-version', version(12)],
  'an upgrade without a key': [
    'upgrade-malformed',
    upgradeRequest('/ws').replace(/Sec-WebSocket-Key.*\r\n/, ''),
  ],
  'an upgrade of Socket.IO of version 12': [
    'upgrade-version',
    version(12).replace('GET /ws', `GET ${ENGINE}websocket`),
  ],
  'an upgrade of Socket.IO of an origin that is not listed': [
    'origin',
    upgradeRequest(`${ENGINE}websocket`, [`Origin: ${FOREIGN}`]),
  ],
  'an upgrade of Socket.IO with EIO=3': [
    'engine-version',
    upgradeRequest('/socket.io/?EIO=3&transport=websocket'),
  ],
  'long polling of an origin that is not listed': [
    'origin',
    rawRequest('GET', `${ENGINE}polling`, [`Origin: ${FOREIGN}`]),
  ],
  'long polling with EIO=3': ['engine-version', rawRequest('GET', '/socket.io/?EIO=3&transport=polling')],
  'an unknown transport': ['engine-transport', rawRequest('GET', `${ENGINE}pigeon`)],
  'a WebSocket without an upgrade': ['engine-transport', rawRequest('GET', `${ENGINE}websocket`)],
  'an unknown session': ['engine-session', rawRequest('GET', `${ENGINE}polling&sid=${PHONE}`)],
  'long polling with PUT': ['engine-method', rawRequest('PUT', `${ENGINE}polling`)],
  'a first request by POST': ['engine-method', rawRequest('POST', `${ENGINE}polling`)],
  'long polling with JSONP': ['engine-jsonp', rawRequest('GET', `${ENGINE}polling&j=1`)],
};

for (const [what, [reason, bytes]] of Object.entries(REQUESTS)) {
  test(`${what} is ${reason}`, async () => {
    const from = fixture.address();
    const text = bytes.toString('latin1').replace('\r\n', `\r\nX-Forwarded-For: ${from}\r\n`);
    const line = await fixture.refusedOnce(reason, () => {
      fixture.defer(dial(fixture.relay.port, text).close);
    });
    assert.is(line.from, from);
    assert.is(line.origin, reason === 'origin' ? FOREIGN : undefined);
  });
}

/** A connection of the native protocol at an address of its own. */
async function openNative(from: string) {
  return fixture.openNativeDesktop({ headers: { 'x-forwarded-for': from }, mayFail: true }).opened();
}

/** Opens Socket.IO with bytes of its own: what is sent first after Engine.IO's greeting. */
async function openEngine(from: string, ...packets: (string | Buffer)[]): Promise<WebSocket> {
  const url = `${fixture.relay.url.replace('http', 'ws')}${ENGINE}websocket`;
  const socket = new WebSocket(url, { headers: { 'x-forwarded-for': from } });
  fixture.defer(() => socket.terminate());
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('message', resolve));
  for (const packet of packets) socket.send(packet);
  return socket;
}

const signed = (subject = 'test:agent') => fixture.secret(fixture.token(subject));
const tampered = (token: string) => fixture.secret(`${token.slice(0, -4)}AAAA`);
/** Of another relay's key. */
function foreign(): string {
  const [header = '', payload = ''] = signed().split('.');
  const { kid: _, ...rest } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...rest, kid: 'another' })).toString('base64url');
  return fixture.secret(`${other}.${payload}.${'A'.repeat(43)}`);
}

/** What `auth` or `auth.token` may be, and why it is refused. */
const TOKENS: Record<string, [reason: RefusalReason, tokenOf: () => unknown]> = {
  'a token with a wrong signature': ['token-unparsable', () => tampered(signed())],
  "a token of another relay's key": ['token-unknown-key', foreign],
  'a token that is a number': ['token-malformed', () => 5],
  'a token that is an object': ['token-malformed', () => ({ token: signed() })],
  'no token': ['token-missing', () => undefined],
};

for (const [what, [reason, tokenOf]] of Object.entries(TOKENS)) {
  test(`Socket.IO with ${what} is ${reason}`, async () => {
    const from = fixture.address();
    const line = await fixture.refusedOnce(reason, () => {
      const headers = { 'x-forwarded-for': from };
      fixture.openDesktop({ auth: { token: tokenOf() }, headers });
    });
    assert.equal([line.from, line.sub, line.jti], [from, undefined, undefined]);
  });
}

for (const auth of ['"TOKEN"', '[1]', 'null', '7']) {
  test(`a CONNECT with ${auth} in the place of auth is malformed`, async () => {
    const from = fixture.address();
    const line = await fixture.refusedOnce('token-malformed', () => openEngine(from, `40${auth}`));
    assert.is(line.from, from);
  });
}

test('an expired token names jti and sub, on both protocols', async () => {
  const token = fixture.secret(expired('okta:late'));
  const [native, socketIo] = [fixture.address(), fixture.address()];
  const ofNative = await fixture.refusedOnce('token-expired', async () => {
    (await openNative(native)).send({ type: 'auth', token });
  });
  const ofSocketIo = await fixture.refusedOnce('token-expired', () => {
    fixture.openDesktop({ token, headers: { 'x-forwarded-for': socketIo } });
  });
  for (const [line, from] of [
    [ofNative, native],
    [ofSocketIo, socketIo],
  ] as const) {
    assert.equal([line.sub, line.jti, line.from], ['okta:late', idOf(token), from]);
  }
});

test('a revoked token names jti and sub, in the audit too', async () => {
  const token = signed('okta:revoked');
  await asAdmin(fixture.relay, 'revoke', { token });
  const from = fixture.address();
  const line = await fixture.refusedOnce('token-revoked', () => {
    fixture.openDesktop({ token, headers: { 'x-forwarded-for': from } });
  });
  const native = await fixture.refusedOnce('token-revoked', async () => {
    (await openNative(from)).send({ type: 'auth', token });
  });
  for (const { sub, jti } of [line, native]) assert.equal([sub, jti], ['okta:revoked', idOf(token)]);
  const audited = await auditsWhere((other) => other.sub === 'okta:revoked', 2);
  for (const { jti, outcome, reason } of audited)
    assert.equal([jti, outcome, reason], [idOf(token), 'revoked', 'token-revoked']);
});

test("a token of another relay's key is audited as unknown-key", async () => {
  const token = foreign();
  const from = fixture.address();
  await fixture.refusedOnce('token-unknown-key', async () => {
    (await openNative(from)).send({ type: 'auth', token });
  });
  const [audited] = await auditsWhere((line) => line.from === from);
  assert.equal([audited?.outcome, audited?.reason], ['unknown-key', 'token-unknown-key']);
});

test('a connection that is revoked while it is open names jti and sub', async () => {
  const token = signed('okta:open');
  const desktop = await fixture.nativeDesktop({ token });
  const line = await fixture.refusedOnce('token-revoked', async () => {
    await asAdmin(fixture.relay, 'revoke', { sub: 'okta:open' });
    await desktop.closed;
  });
  assert.equal([line.sub, line.jti], ['okta:open', idOf(token)]);
});

/** Frames of the native protocol after the token, and why each is refused. */
const FRAMES: Record<string, [reason: RefusalReason, frame: unknown]> = {
  'a join of a phone number': ['bad-conversation', { type: 'join', id: 1, conversation: PHONE }],
  'a join of another project': [
    'other-project',
    { type: 'join', id: 1, conversation: 'projects/another/conversations/c' },
  ],
  'a join with a bad cursor': [
    'bad-cursor',
    { type: 'join', id: 1, conversation: uniqueConversation(), after: PHONE },
  ],
  'a leave of what is not joined': [
    'not-joined',
    { type: 'leave', id: 1, conversation: uniqueConversation() },
  ],
  'a leave of a phone number': ['bad-conversation', { type: 'leave', id: 1, conversation: PHONE }],
  'a frame of an unknown type': ['bad-frame', { type: 'shout', text: PHONE }],
  'the token of another agent': ['token-other-subject', { type: 'auth', token: '' }],
};

for (const [what, [reason, frame]] of Object.entries(FRAMES)) {
  test(`${what} is ${reason} on the native protocol`, async () => {
    const from = fixture.address();
    const token = signed('okta:ann');
    const desktop = await openNative(from);
    await desktop.ready(token);
    const sent = reason === 'token-other-subject' ? { type: 'auth', token: signed('okta:bob') } : frame;
    const line = await fixture.refusedOnce(reason, () => desktop.send(sent));
    const sub = reason === 'token-other-subject' ? 'okta:bob' : 'okta:ann';
    assert.equal([line.from, line.sub], [from, sub]);
    if (reason === 'bad-cursor')
      assert.is(line.conversation, (frame as { conversation: string }).conversation);
  });
}

/** Arguments of `join-conversation`, and why each is refused. */
const JOINS: Record<string, [reason: RefusalReason, argument: unknown]> = {
  'a phone number': ['bad-conversation', PHONE],
  'a conversation of another project': ['other-project', 'projects/another/conversations/c'],
  'a bad cursor': ['bad-cursor', { conversation: uniqueConversation(), after: PHONE }],
  'a number': ['bad-frame', 5],
};

for (const [what, [reason, argument]] of Object.entries(JOINS)) {
  test(`a join of ${what} is ${reason} on Socket.IO`, async () => {
    const from = fixture.address();
    const token = signed('okta:ann');
    const desktop = await fixture.desktop({ token, headers: { 'x-forwarded-for': from } });
    const line = await fixture.refusedOnce(reason, () => desktop.join(argument));
    assert.equal([line.from, line.sub, line.jti], [from, 'okta:ann', idOf(token)]);
  });
}

test('a join of what the token does not list is access-denied, with the conversation', async () => {
  const [mine, other] = [uniqueConversation(), uniqueConversation()];
  const token = fixture.secret(fixture.token('okta:listed', { conversations: [mine] }));
  const native = await fixture.nativeDesktop({ token });
  const socketIo = await fixture.desktop({ token });
  for (const join of [() => native.join(other), () => socketIo.join(other)]) {
    const line = await fixture.refusedOnce('access-denied', join);
    assert.equal([line.sub, line.jti, line.conversation], ['okta:listed', idOf(token), other]);
  }
});

test('joins beyond the limits are too-many-joins and limit-joins', async () => {
  const desktop = await fixture.nativeDesktop({ token: signed('okta:many') });
  for (let index = 0; index < JOINED_MAX; index++) await desktop.join(uniqueConversation());
  const line = await fixture.refusedOnce('too-many-joins', () => desktop.join(uniqueConversation()));
  assert.is(line.sub, 'okta:many');
  const again = await fixture.nativeDesktop({ token: signed('okta:often') });
  const conversation = uniqueConversation();
  for (let index = 0; index < 4; index++) await again.join(conversation, '0');
  const limited = await fixture.refusedOnce('limit-joins', () => again.join(conversation, '0'));
  assert.equal([limited.sub, limited.conversation], ['okta:often', conversation]);
});

test('a connection too many of an agent is limit-connections, on both protocols', async () => {
  const token = signed('okta:everywhere');
  for (let count = 0; count < CONNECTIONS_MAX; count++) await fixture.nativeDesktop({ token });
  const [native, socketIo] = [fixture.address(), fixture.address()];
  const lines = [
    await fixture.refusedOnce('limit-connections', async () => {
      (await openNative(native)).send({ type: 'auth', token });
    }),
    await fixture.refusedOnce('limit-connections', () => {
      fixture.openDesktop({ token, headers: { 'x-forwarded-for': socketIo } });
    }),
  ];
  for (const { sub, jti } of lines) assert.equal([sub, jti], ['okta:everywhere', idOf(token)]);
  assert.equal(
    lines.map(({ from }) => from),
    [native, socketIo],
  );
});

test('a renewal too many is limit-renewals', async () => {
  const desktop = await fixture.nativeDesktop({ token: signed('okta:renews') });
  const renew = () => desktop.send({ type: 'auth', token: signed('okta:renews') });
  renew();
  assert.is((await fixture.refusedOnce('limit-renewals', renew)).sub, 'okta:renews');
});

test('too many frames are limit-frames, with and without a token', async () => {
  const desktop = await fixture.nativeDesktop({ token: signed('okta:talks') });
  const line = await fixture.refusedOnce('limit-frames', () => {
    for (let count = 0; count <= FRAMES_MAX; count++) desktop.send({ type: 'ping' });
  });
  assert.is(line.sub, 'okta:talks');
  const from = fixture.address();
  const other = await fixture.refusedOnce('limit-frames', () =>
    openEngine(from, ...Array.from({ length: FRAMES_MAX + 5 }, () => '3')),
  );
  assert.equal([other.from, other.sub], [from, undefined]);
});

test('a conversation that is revoked while it is joined names desktop and conversation', async () => {
  const conversation = uniqueConversation();
  const token = signed('okta:loses');
  const desktop = await fixture.nativeDesktop({ token });
  await desktop.join(conversation);
  const line = await fixture.refusedOnce('access-revoked', () =>
    asAdmin(fixture.relay, 'revoke', { conversation }),
  );
  assert.equal([line.sub, line.jti, line.conversation], ['okta:loses', idOf(token), conversation]);
});

test('a native connection without a token is auth-timeout, a wrong frame auth-first', async () => {
  const silent = fixture.address();
  const late = await fixture.refusedOnce('auth-timeout', () => openNative(silent));
  assert.is(late.from, silent);
  const hasty = fixture.address();
  const line = await fixture.refusedOnce('auth-first', async () =>
    (await openNative(hasty)).send({ type: 'ping' }),
  );
  assert.is(line.from, hasty);
});

test('a Socket.IO connection without a token is auth-timeout', async () => {
  const from = fixture.address();
  const line = await fixture.refusedOnce('auth-timeout', () => openEngine(from));
  assert.is(line.from, from);
});

test('a wrong namespace, an early event and a broken packet leave one line each', async () => {
  const from = fixture.address();
  await fixture.refusedOnce('namespace', () => openEngine(from, `40/${PHONE},`));
  await fixture.refusedOnce('auth-first', () => openEngine(from, `42["${PHONE}"]`));
  const token = signed();
  await fixture.refusedOnce('bad-packet', () => openEngine(from, `40{"token":"${token}"}`, `42["${PHONE}`));
});

test('a message that is too long, and bytes that are no frame, leave one line each', async () => {
  const long = 'x'.repeat(20_000);
  const native = fixture.address();
  const line = await fixture.refusedOnce('frame-too-large', async () =>
    (await openNative(native)).send(long),
  );
  assert.is(line.from, native);
  const socketIo = fixture.address();
  const other = await fixture.refusedOnce('frame-too-large', () => openEngine(socketIo, `4${long}`));
  assert.is(other.from, socketIo);
  const broken = fixture.address();
  const bad = await fixture.refusedOnce('bad-websocket-frame', async () => {
    const { socket } = await openNative(broken);
    (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0xff, 0xff]),
    );
  });
  assert.is(bad.from, broken);
});

test('many tokens tried on one connection of Socket.IO are limit-connects', async () => {
  const from = fixture.address();
  const line = await fixture.refusedOnce(
    'limit-connects',
    async () => {
      const socket = await openEngine(from);
      for (let attempt = 0; attempt < SOCKET_IO_LIMITS.connectAttemptsMax; attempt++) {
        const answered = new Promise((resolve) => socket.once('message', resolve));
        socket.send('40{"token":"x"}');
        await answered;
      }
      socket.send('40{"token":"x"}');
    },
    ({ reason }) => reason === 'limit-connects',
  );
  assert.is(line.from, from);
});

test('a flood of refused connections has few lines, and each counts', async () => {
  const FLOOD = 200;
  const from = fixture.address();
  const before = await fixture.count('token-missing');
  const lines = () => fixture.lines(from).length;
  const desktops = await Promise.all(Array.from({ length: 20 }, () => openNative(from)));
  await Promise.all(
    desktops.map(async (desktop) => {
      desktop.send({ type: 'auth', token: '' });
      await desktop.closed;
    }),
  );
  for (let count = desktops.length; count < FLOOD; count += 20) {
    const more = await Promise.all(Array.from({ length: 20 }, () => openNative(from)));
    for (const desktop of more) desktop.send({ type: 'auth', token: '' });
    await Promise.all(more.map(({ closed }) => closed));
  }
  await until(async () => (await fixture.count('token-missing')) - before === FLOOD, 30_000);
  assert.ok(lines() <= 3, `${lines()} lines`);
});

/** A token that has expired, and whose session is over. */
function expired(subject: string): string {
  const { keyRing } = fixture.relay;
  const now = () => Date.now() - 48 * 3_600_000;
  return createTokens({ projectId: TEST_PROJECT, lifetimeSeconds: 60, keyRing, now }).issue(subject, '')
    .token;
}

async function auditsWhere(matches: (line: Line) => boolean, count = 1): Promise<Line[]> {
  const found = () =>
    fixture.relay
      .log()
      .split('\n')
      .filter(Boolean)
      .map((line): Line => JSON.parse(line))
      .filter((line) => line.audit === 'refuse' && matches(line));
  await until(() => found().length >= count, 30_000);
  return found();
}

test.run();
