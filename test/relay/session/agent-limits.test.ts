// What all connections of one agent to a relay may do together.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { CLOSE, mayReconnect } from '../../../shared/close-codes.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { adminToken } from '../admin/admin-requests.ts';
import '../../helpers/patient-redis.ts';

const CONNECTIONS = 3;
const TOO_MANY = 'too many joins at once: try again later';
const many = { burst: 1_000, perSecond: 1_000 };
const agent = {
  connectionsMax: CONNECTIONS,
  joinRate: { burst: 20, perSecond: 0.01 },
  renewalRate: { burst: 8, perSecond: 0.01 },
  messageRate: { burst: 60, perSecond: 0.1 },
};
const application = { connectionsMax: 20, joinRate: many, renewalRate: many, messageRate: many };

const fixture = relayFixture(test, {
  adminToken,
  limits: { rateLimits: { agent, application, renewalRate: { burst: 5, perSecond: 0.01 } } },
});

let lastAgent = 0;
/** Makes tokens of a new agent, each with an id of its own. */
function newAgent(subject = `test:agent-${++lastAgent}`): () => string {
  return () => fixture.token(subject);
}

const WAYS = {
  'Socket.IO over WebSocket': (token: string) => refusalOf(token, 'websocket'),
  'Socket.IO over long polling': (token: string) => refusalOf(token, 'polling'),
  'the native protocol': async (token: string) => {
    const desktop = fixture.openNativeDesktop();
    await desktop.opened();
    desktop.send({ type: 'auth', token });
    await until(() => desktop.frames.length > 0 || desktop.socket.readyState !== desktop.socket.OPEN);
    return desktop.of('ready').length > 0 ? undefined : (await desktop.closed).join(' ');
  },
};

/** Why a desktop is refused; undefined when it is let in. */
async function refusalOf(token: string, transport: 'websocket' | 'polling'): Promise<string | undefined> {
  const desktop = fixture.openDesktop({ token, transports: [transport] });
  try {
    await desktop.connected();
    return undefined;
  } catch (error) {
    assert.not.ok(desktop.socket.active, 'the client does not try again');
    return (error as Error).message;
  }
}

const REFUSALS = new Set(['too many connections', '4505 too many connections']);

for (const [way, connect] of Object.entries(WAYS)) {
  test(`one connection too many over ${way} is refused`, async () => {
    const token = newAgent();
    const desktops = [
      await fixture.desktop({ token: token() }),
      await fixture.desktop({ token: token(), transports: ['polling'] }),
    ];
    const native = await fixture.nativeDesktop({ token: token() });
    assert.ok(REFUSALS.has((await connect(token())) ?? ''));
    assert.is(await connect(newAgent()()), undefined, 'another agent is let in');
    for (const { socket } of desktops) assert.ok(socket.connected);
    native.send({ type: 'ping' });
    await until(() => native.of('pong').length === 1);
  });

  test(`a connection that ends makes room for one over ${way}`, async () => {
    const token = newAgent();
    const desktops = [await fixture.desktop({ token: token() }), await fixture.desktop({ token: token() })];
    await fixture.nativeDesktop({ token: token() });
    assert.ok(REFUSALS.has((await connect(token())) ?? ''));
    desktops[0]?.close();
    await until(async () => (await connect(token())) === undefined);
  });
}

test('a refused connection is counted, and the log names the agent', async () => {
  const token = newAgent('test:named');
  for (let count = 0; count < CONNECTIONS; count++) await fixture.nativeDesktop({ token: token() });
  const refused = fixture.openNativeDesktop();
  await refused.opened();
  refused.send({ type: 'auth', token: token() });
  const [code] = await refused.closed;
  assert.is(code, CLOSE['too-many-connections'].code);
  assert.not.ok(mayReconnect(code));
  const lines = fixture.relay
    .log()
    .split('\n')
    .filter((line) => line.includes('test:named') && line.includes('"reason":"limit-connections"'));
  assert.is(lines.length, 1);
});

for (const subject of ['twilio-app:AC1', 'skip:anonymous']) {
  test(`one token of ${subject} serves more desktops than an agent has`, async () => {
    const token = newAgent(subject)();
    for (let count = 0; count < 3 * CONNECTIONS; count++) await fixture.nativeDesktop({ token });
    for (let count = 0; count < 3 * CONNECTIONS; count++) await fixture.desktop({ token });
  });
}

test('joins and idle leaves of all connections of an agent count together', async () => {
  const token = newAgent();
  const native = await fixture.nativeDesktop({ token: token() });
  const socketIo = await fixture.desktop({ token: token() });
  for (let count = 0; count < 10; count++)
    assert.is((await native.join(uniqueConversation())).type, 'joined');
  for (let count = 0; count < 5; count++)
    assert.is((await socketIo.ask('leave-conversation', uniqueConversation()))[0], true);
  const joined = uniqueConversation();
  for (let count = 0; count < 5; count++) {
    assert.is((await socketIo.join(joined))[0], true);
    assert.is((await socketIo.ask('leave-conversation', joined))[0], true);
  }
  assert.equal(await socketIo.join(uniqueConversation()), [false, TOO_MANY]);
  assert.is((await socketIo.ask('leave-conversation', uniqueConversation()))[0], true);
  const answer = await native.join(uniqueConversation());
  assert.equal(answer.type === 'error' && [answer.code, answer.message], ['unavailable', TOO_MANY]);
  const other = await fixture.nativeDesktop({ token: newAgent()() });
  assert.is((await other.join(uniqueConversation())).type, 'joined');
});

test('renewals of a connection and of an agent have limits, and the connections stay', async () => {
  const token = newAgent();
  const desktops = [
    await fixture.nativeDesktop({ token: token() }),
    await fixture.nativeDesktop({ token: token() }),
  ];
  const renewed = [5, 3];
  for (const [index, desktop] of desktops.entries()) {
    for (let count = 0; count < 7; count++) desktop.send({ type: 'auth', token: token() });
    await until(() => desktop.of('ready').length + desktop.of('error').length === 8);
    assert.is(desktop.of('ready').length, 1 + (renewed[index] ?? 0));
    for (const { id, code } of desktop.of('error')) assert.equal([id, code], [undefined, 'unavailable']);
    assert.is((await desktop.join(uniqueConversation())).type, 'joined');
  }
});

test('a renewal asks Redis once at most, however much is joined', async () => {
  const token = newAgent();
  const desktop = await fixture.nativeDesktop({ token: token() });
  for (let count = 0; count < 15; count++) await desktop.join(uniqueConversation());
  const before = await lookups();
  for (let count = 0; count < 5; count++) desktop.send({ type: 'auth', token: token() });
  await until(() => desktop.of('ready').length === 6);
  const asked = (await lookups()) - before;
  assert.ok(asked > 0 && asked <= 5, `${asked} calls`);
});

/** How often Redis was asked about revocations. */
async function lookups(): Promise<number> {
  const statistics = await fixture.redis.info('commandstats');
  return Number(/^cmdstat_hmget:calls=(\d+)/m.exec(statistics)?.[1] ?? 0);
}

test("messages of an agent's connections count together; one too many closes", async () => {
  const token = newAgent();
  const [first, second] = [
    await fixture.nativeDesktop({ token: token() }),
    await fixture.nativeDesktop({ token: token() }),
  ];
  for (let count = 0; count < 50; count++) first.send({ type: 'ping' });
  await until(() => first.of('pong').length === 50);
  for (let count = 0; count < 50; count++) second.send({ type: 'ping' });
  assert.is((await second.closed)[0], CLOSE.flooded.code);
  assert.is(first.socket.readyState, first.socket.OPEN);
});

for (const transport of ['websocket', 'polling'] as const) {
  test(`messages over ${transport} count for the agent, too`, async () => {
    const token = newAgent();
    const native = await fixture.nativeDesktop({ token: token() });
    for (let count = 0; count < 50; count++) native.send({ type: 'ping' });
    await until(() => native.of('pong').length === 50);
    const { socket } = await fixture.desktop({ token: token(), transports: [transport] });
    const closed = new Promise((resolve) => socket.once('disconnect', resolve));
    for (let count = 0; count < 50; count++) socket.emit('nothing');
    await closed;
    assert.is(native.socket.readyState, native.socket.OPEN);
  });
}

test('a desktop that upgrades from long polling may send as much as another', async () => {
  const { socket } = await fixture.desktop({ token: newAgent()(), transports: ['polling', 'websocket'] });
  await until(() => socket.io.engine.transport.name === 'websocket');
  for (let count = 0; count < 50; count++) socket.emit('nothing');
  await socket.emitWithAck('leave-conversation', uniqueConversation());
  assert.ok(socket.connected);
});

test('the limits of an agent leave room for what an agent does', () => {
  const { agent: real, application: shared, renewalRate } = RATE_LIMITS;
  assert.ok(real.connectionsMax >= 100 && shared.connectionsMax >= 50 * real.connectionsMax);
  // The browser client renews at most once in 20 seconds.
  assert.ok(renewalRate.perSecond >= 1 / 20 && real.renewalRate.perSecond >= real.connectionsMax / 20);
});

test.run();
