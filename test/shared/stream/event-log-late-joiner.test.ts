// What of interim transcripts is kept for those who join later.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { INTERIM_KIND } from '../../../shared/event.ts';
import { LogFixture } from './log-fixture.ts';
import { makeEvent, makeInterim, utterance } from './make-event.ts';

const fixture = new LogFixture(test);

test('a late joiner gets the newest of each open utterance, in order', async () => {
  const { name } = fixture.conversation();
  const order: [participant: string, message: string, id: string][] = [
    ['p', 'm1', 'p1 first'],
    ['q', 'm2', 'q2 first'],
    ['p', 'm1', 'p1 second'],
    ['p', 'm3', 'p3 first'],
    ['q', 'm1', 'q1 first'],
    ['q', 'm2', 'q2 second'],
  ];
  for (const [i, [participant, message, messageId]] of order.entries()) {
    await fixture.log.append(makeInterim(name, i, { messageId, ...utterance(message, participant) }));
  }
  const { top, open } = await fixture.log.read(name, 0, 10);
  assert.equal(
    open.map(({ messageId, sequence }) => [messageId, sequence]),
    [
      ['p1 second', 3],
      ['p3 first', 4],
      ['q1 first', 5],
      ['q2 second', 6],
    ],
  );
  for (const each of open) {
    assert.equal([each.type, each.kind, each.position], ['interim', INTERIM_KIND, top]);
    assert.is(JSON.parse(each.json).message_id, each.messageId);
  }
});

test('open utterances come only with the page that reaches the top', async () => {
  const { name } = fixture.conversation();
  for (let i = 0; i < 4; i++) await fixture.log.append(makeEvent(name));
  await fixture.log.append(makeInterim(name, 1, { messageId: 'open' }));
  const pages: [after: number, limit: number, open: string[]][] = [
    [0, 0, []],
    [0, 3, []],
    [0, 4, ['open']],
    [0, 5, ['open']],
    [3, 1, ['open']],
    [2, 1, []],
    [4, 3, ['open']],
    [4, 0, []],
  ];
  for (const [after, limit, open] of pages) {
    assert.equal(await fixture.openIn(name, after, limit), open, `after ${after}, limit ${limit}`);
  }
});

test('an utterance that nobody has added to for two minutes is not given any more', async () => {
  const { name, keys } = fixture.conversation();
  await fixture.log.append(makeInterim(name, 1, { messageId: 'old', ...utterance('m1') }));
  await fixture.log.append(makeInterim(name, 1, { messageId: 'young', ...utterance('m2') }));
  const age = async (field: string, seconds: number) => {
    const value = (await fixture.redis.hget(keys.interim, field)) ?? '';
    const now = Math.floor(Date.now() / 1000);
    const aged = value.replace(/^(\S*) \d+ /, `$1 ${now - seconds} `);
    assert.is.not(aged, value);
    await fixture.redis.hset(keys.interim, field, aged);
  };
  await age('p m1', 125);
  await age('p m2', 110);
  assert.equal(await fixture.openIn(name), ['young']);
  await fixture.log.append(makeInterim(name, 2, { messageId: 'again', ...utterance('m1') }));
  assert.equal(await fixture.openIn(name), ['young', 'again']);
});

test('utterances whose end nobody announces do not pile up', async () => {
  const { name, keys } = fixture.conversation();
  for (let i = 0; i < 20; i++) await fixture.log.append(makeInterim(name, 1, utterance(`m${i}`)));
  const old = Math.floor(Date.now() / 1000) - 200;
  for (const [field, value] of Object.entries(await fixture.redis.hgetall(keys.interim))) {
    await fixture.redis.hset(keys.interim, field, value.replace(/^(\S*) \d+ /, `$1 ${old} `));
  }
  await fixture.log.append(makeInterim(name, 2, utterance('new')));
  assert.equal(await fixture.redis.hkeys(keys.interim), ['p new']);
});

test.run();

test.run();
