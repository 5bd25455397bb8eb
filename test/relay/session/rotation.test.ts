// The signing key is rotated while desktops are in calls: nobody is thrown out, on one relay and between two.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IDENTITY_LIMITS } from '../../../relay/identity/limits.ts';
import { type RotatingKeys, watchKeys } from '../../../relay/identity/rotation/key-ring.ts';
import type { SigningKey } from '../../../relay/identity/signing-key.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { CallFixture, connecting, has, MINUTE, makeKey, seen, upTo } from './call-fixture.ts';

const fixture = new CallFixture(test);

interface Source {
  held: SigningKey;
  reads: number;
}

/** A relay that follows a source; it looks when the test says so, or when a token makes it. */
async function startRelay(source: Source): Promise<{ relay: TestRelay; keys: RotatingKeys }> {
  const keys = await watchKeys({
    source: {
      read: async () => {
        source.reads++;
        return [source.held];
      },
    },
    graceMs: 60 * MINUTE,
    sessionMs: 12 * 60 * MINUTE,
    limits: IDENTITY_LIMITS,
    logger: quietLogger,
    now: () => fixture.clock,
  });
  fixture.keep(keys);
  const relay = await fixture.startRelay({ keyRing: keys.ring, pollKeys: keys.poll });
  return { relay, keys };
}

/** Until the new key signs. */
async function rotate({ keys }: { keys: RotatingKeys }): Promise<void> {
  await keys.check();
  fixture.clock += 2 * IDENTITY_LIMITS.keyPollMs;
  await keys.check();
}

test('a key is rotated under 100 desktops: nobody is thrown out, and all may come back', async () => {
  const source = { held: fixture.key, reads: 0 };
  const { relay, keys } = await startRelay(source);
  const conversation = uniqueConversation();
  const issue = (index: number) => relay.tokens.issue(`test:${index}`, '').token;
  const pages = await Promise.all(
    Array.from({ length: 100 }, (_, index) => fixture.page(conversation, { relay, token: issue(index) })),
  );
  let disconnects = 0;
  for (const page of pages) page.socket.on('disconnect', () => disconnects++);
  source.held = makeKey();
  await rotate({ keys });
  assert.is(keys.ring()[0].kid, source.held.kid, 'the new key signs');
  await fixture.publish(conversation, { messageId: '1' });
  for (const page of pages) await has(page, '1');
  assert.is(disconnects, 0);
  for (const page of pages) page.socket.io.engine.close();
  await until(() => pages.every((page) => page.answers.length === 2));
  for (const page of pages) assert.equal(page.answers[1], [true, conversation]);
  const late = await fixture.page(conversation, { relay, token: issue(100) });
  assert.equal(late.messageIds().slice(0, 1), ['1']);
});

test('a call of four hours with a rotation and hourly cuts misses nothing', async () => {
  const source = { held: fixture.key, reads: 0 };
  const { relay, keys } = await startRelay(source);
  const conversation = uniqueConversation();
  const page = await fixture.page(conversation, { relay, token: relay.tokens.issue('test:agent', '').token });
  for (let step = 1; step <= 48; step++) {
    await fixture.publish(conversation, { messageId: String(step) });
    if (step === 1) {
      source.held = makeKey();
      await rotate({ keys });
    }
    fixture.clock += 5 * MINUTE;
    if (step % 12 === 0) {
      const joins = page.answers.length;
      page.socket.io.engine.close();
      await until(() => page.answers.length > joins);
    }
  }
  await has(page, '48');
  assert.equal(seen(page), upTo(48));
  for (const answer of page.answers) assert.equal(answer, [true, conversation]);
});

test('a relay that has not seen the new key takes a token of it, on every door', async () => {
  const source = { held: fixture.key, reads: 0 };
  const [first, second] = [await startRelay(source), await startRelay(source)];
  source.held = makeKey();
  await rotate(first);
  const { reads } = source;
  const token = first.relay.tokens.issue('test:agent', '').token;
  assert.is(await connecting(second.relay.url, token), 'connected');
  assert.is(source.reads, reads + 1, 'it has looked once');

  source.held = makeKey();
  await rotate(first);
  fixture.clock += IDENTITY_LIMITS.unknownKeyReadEveryMs;
  const authorization = first.relay.tokens.issue('test:agent', '').token;
  const answer = await fetch(`${second.relay.url}/conversation-name?conversationIntegrationKey=k`, {
    headers: { authorization },
  });
  assert.is(answer.status, 200);
  await answer.text();

  source.held = makeKey();
  await rotate(first);
  fixture.clock += IDENTITY_LIMITS.unknownKeyReadEveryMs;
  const newest = first.relay.tokens.issue('test:agent', '').token;
  const native = await fixture.openNativeDesktop({ relay: second.relay }).opened();
  native.send({ type: 'auth', token: newest });
  assert.is((await native.closed)[0], CLOSE.expired.code, 'to come back at once');
  await fixture.nativeDesktop({ relay: second.relay, token: newest });
});

test('a relay that starts after a rotation signs at once, and all accept it', async () => {
  const source = { held: fixture.key, reads: 0 };
  const running = await startRelay(source);
  source.held = makeKey();
  const started = await startRelay(source);
  const token = started.relay.tokens.issue('test:agent', '').token;
  assert.is(started.keys.ring()[0].kid, source.held.kid);
  assert.is(await connecting(running.relay.url, token), 'connected');
  const older = running.relay.tokens.issue('test:agent', '').token;
  assert.is(await connecting(running.relay.url, older), 'connected');
});

test('tokens of made-up keys make a relay look for keys every five seconds at most', async () => {
  const source = { held: fixture.key, reads: 0 };
  const { relay } = await startRelay(source);
  const elsewhere = await startRelay({ held: makeKey(), reads: 0 });
  const forged = elsewhere.relay.tokens.issue('test:agent', '').token;
  const { reads } = source;
  const attempts = async () => {
    for (let index = 0; index < 10; index++) {
      assert.is(await connecting(relay.url, forged), 'authentication failed');
    }
  };
  await attempts();
  assert.is(source.reads, reads + 1);
  fixture.clock += IDENTITY_LIMITS.unknownKeyReadEveryMs;
  await attempts();
  assert.is(source.reads, reads + 2);
  // One that names no key, or a known one, is no reason to look.
  const [header = '', ...rest] = relay.tokens.issue('test:agent', '').token.split('.');
  fixture.clock += IDENTITY_LIMITS.unknownKeyReadEveryMs;
  for (const token of ['garbage', [header, 'e30', rest[1]].join('.')]) {
    await fixture.desktop({ relay, token }).catch(() => {});
  }
  assert.is(source.reads, reads + 2);
});

test.run();
