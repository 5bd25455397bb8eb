import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { CLOSE, mayReconnect } from '../../../shared/close-codes.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

test('a flooding native connection is closed for good, and another goes on', async () => {
  const [flooder, other] = [await fixture.nativeDesktop(), await fixture.nativeDesktop()];
  for (const _ of many(2 * SESSION_LIMITS.frameRate.burst)) flooder.send({ type: 'ping' });
  const [code] = await flooder.closed;
  assert.is(code, CLOSE.flooded.code);
  assert.not.ok(mayReconnect(code));
  other.send({ type: 'ping' });
  await until(() => other.of('pong').length === 1);
});

test('a Socket.IO connection that floods is closed', async () => {
  const desktop = await fixture.desktop();
  const closed = new Promise<string>((resolve) => desktop.socket.once('disconnect', resolve));
  for (const _ of many(2 * SESSION_LIMITS.frameRate.burst)) desktop.socket.emit('leave-conversation', 'x');
  assert.is(await closed, 'transport close');
});

test('a native connection that joins too often is asked to wait', async () => {
  const desktop = await fixture.nativeDesktop();
  const names = many(SESSION_LIMITS.joinedMax).map(() => uniqueConversation());
  for (const name of names) assert.is((await desktop.join(name)).type, 'joined');
  const [name = uniqueConversation()] = names;
  // At once: one after another they take seconds on a busy machine, in which it may join again.
  const answers = await Promise.all(many(SESSION_LIMITS.joinRate.burst).map(() => desktop.join(name)));
  const refused = answers.filter((answer) => answer.type === 'error' && answer.code === 'unavailable');
  assert.ok(refused.length > 0 && refused.length <= SESSION_LIMITS.joinedMax, `${refused.length}`);
});

test('a Socket.IO connection that goes on joining is asked to wait, and stays', async () => {
  const desktop = await fixture.desktop();
  const name = uniqueConversation();
  const join = () => desktop.join({ conversation: name });
  const answers = await Promise.all(many(SESSION_LIMITS.joinRate.burst + SESSION_LIMITS.joinedMax).map(join));
  assert.ok(
    answers.some(([isJoined, reason]) => isJoined === false && String(reason).includes('too many joins')),
  );
  assert.ok(desktop.socket.connected);
});

test.run();
