import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLIENTS, type ClientVersion } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { CallFixture, closedAndBack, has, MINUTE, seen, upTo } from './call-fixture.ts';

const fixture = new CallFixture(test);

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  test(`a call of 70 minutes on a token of 60 misses nothing (client ${client})`, async () => {
    // The age runs on the real clock: a connection is closed every few seconds.
    const relay = await fixture.startRelay({
      limits: { session: { connectionAgeMs: 150, connectionAgeJitterMs: 100 } },
    });
    const conversation = uniqueConversation();
    const page = await fixture.page(conversation, {
      relay,
      token: relay.tokens.issue('test:agent', '').token,
      client,
    });
    for (let minute = 1; minute <= 70; minute++) {
      await fixture.publish(conversation, { messageId: String(minute) });
      fixture.clock += MINUTE;
      // Closed for its age before the expiry, right after it, and once more.
      if (minute === 55 || minute === 61 || minute === 69) await closedAndBack(page);
    }
    await has(page, '70');
    assert.equal(seen(page), upTo(70), 'nothing is missed, and first sights are in order');
    for (const answer of page.answers) assert.equal(answer, [true, conversation]);
  });
}

for (const [name, argument, env] of [
  ['with a cursor', (conversation: string) => ({ conversation, after: '0' }), {}],
  ['with REPLAY_ON_JOIN=none', (conversation: string) => conversation, { REPLAY_ON_JOIN: 'none' }],
  ['with REPLAY_ON_JOIN=all', (conversation: string) => conversation, { REPLAY_ON_JOIN: 'all' }],
] as const) {
  test(`an expired token comes back on another relay (${name})`, async () => {
    const relays = [
      await fixture.startRelay({ settings: env }),
      await fixture.startRelay({ settings: env }),
    ] as const;
    const conversation = uniqueConversation();
    const token = relays[0].tokens.issue('test:agent', '').token;
    const page = await fixture.page(argument(conversation), { relay: relays[0], token });
    page.close();
    fixture.clock += 61 * MINUTE;
    const back = await fixture.page(argument(conversation), { relay: relays[1], token });
    assert.equal(back.answers[0]?.slice(0, 2), [true, conversation]);
    await fixture.publish(conversation, { messageId: '1' });
    await has(back, '1');
  });
}

test('a laptop that sleeps for ten minutes over the expiry gets all it missed', async () => {
  const relay = await fixture.startRelay();
  const proxy = fixture.keep(await startTcpProxy(relay.port));
  const conversation = uniqueConversation();
  const url = `http://127.0.0.1:${proxy.port}`;
  const page = await fixture.page(conversation, { url, token: relay.tokens.issue('test:agent', '').token });
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  fixture.clock += 55 * MINUTE;
  proxy.stall(); // asleep: the connection is half open, and nobody has noticed
  await fixture.publishAll(conversation, ['3', '4']);
  fixture.clock += 10 * MINUTE;
  page.socket.io.engine.close(); // awake: the browser finds its connection dead
  await has(page, '4');
  assert.equal(seen(page), upTo(4));
});

test('a call handed to another agent is whole for both until the first leaves', async () => {
  const relays = [await fixture.startRelay(), await fixture.startRelay()] as const;
  const conversation = uniqueConversation();
  const [one, two] = [
    relays[0].tokens.issue('test:first', '').token,
    relays[1].tokens.issue('test:second', '').token,
  ];
  const first = await fixture.page(conversation, { relay: relays[0], token: one });
  await fixture.publishAll(conversation, ['1', '2']);
  await first.received(2);
  const second = await fixture.page(conversation, { relay: relays[1], token: two });
  await fixture.publish(conversation, { messageId: '3' });
  await has(first, '3');
  await first.ask('leave-conversation', conversation);
  first.close();
  await fixture.publishAll(conversation, ['4', '5']);
  await has(second, '5');
  assert.equal(second.messageIds(), upTo(5));
  assert.equal(first.messageIds(), upTo(3));
});

test.run();
