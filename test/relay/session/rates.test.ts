import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { CLOSE, mayReconnect } from '../../../shared/close-codes.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { NativeDesktop } from '../websocket/native-server.ts';

let redis: TestRedis;
let relay: TestRelay;

test.before(async () => {
  redis = await startTestRedis();
  relay = await startTestRelay(redis);
});

test.after(async () => {
  await relay.close();
  await redis.stop();
});

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

test('a native connection that floods is closed and told not to come back, and another goes on', async () => {
  const [flooder, other] = [new NativeDesktop(relay.url), new NativeDesktop(relay.url)];
  await Promise.all([flooder.ready(relay.token), other.ready(relay.token)]);
  for (const _ of many(SESSION_LIMITS.frameRate.burst + 100)) flooder.send({ type: 'ping' });
  const [code] = await flooder.closed;
  assert.is(code, CLOSE.flooded.code);
  assert.not.ok(mayReconnect(code));
  other.send({ type: 'ping' });
  await until(() => other.of('pong').length === 1);
  other.socket.terminate();
});

test('a Socket.IO connection that floods is closed', async () => {
  const desktop = await new TestDesktop(relay.url, relay.token).connected();
  const closed = new Promise<string>((resolve) => desktop.socket.once('disconnect', resolve));
  for (const _ of many(SESSION_LIMITS.frameRate.burst + 100)) desktop.socket.emit('leave-conversation', 'x');
  assert.is(await closed, 'transport close');
  desktop.close();
});

test('a native connection may join all it may at once, and is asked to wait when it goes on joining', async () => {
  const desktop = new NativeDesktop(relay.url);
  await desktop.ready(relay.token);
  const names = many(SESSION_LIMITS.joinedMax).map(() => uniqueConversation());
  for (const name of names) assert.is((await desktop.join(name)).type, 'joined');
  const [name = uniqueConversation()] = names;
  const answers = [];
  for (const _ of many(SESSION_LIMITS.joinRate.burst)) answers.push(await desktop.join(name));
  const refused = answers.filter((answer) => answer.type === 'error' && answer.code === 'unavailable');
  assert.ok(refused.length > 0 && refused.length <= SESSION_LIMITS.joinedMax, `${refused.length}`);
  desktop.socket.terminate();
});

test('a Socket.IO connection that goes on joining is asked to wait, and stays', async () => {
  const desktop = await new TestDesktop(relay.url, relay.token).connected();
  const name = uniqueConversation();
  const join = () => desktop.join({ conversation: name });
  const answers = await Promise.all(many(SESSION_LIMITS.joinRate.burst + SESSION_LIMITS.joinedMax).map(join));
  assert.ok(
    answers.some(([isJoined, reason]) => isJoined === false && String(reason).includes('too many joins')),
  );
  assert.ok(desktop.socket.connected);
  desktop.close();
});

test.run();
