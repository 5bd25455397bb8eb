// What the streams of one agent may occupy on a relay, over all its connections.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../helpers/until.ts';
import { QUESTION } from '../../scripts/local/dialogflow/companion-fixture.ts';
import { PARTICIPANT, StreamFixture } from './stream-fixture.ts';

const fixture = new StreamFixture(test, { openStreamsMax: 8, sendsWaitingMaxBytes: 40_000 });

const noStreams = () => until(() => fixture.upstream === 0, 30_000, 'Dialogflow has no stream');
const TOO_MANY = 'the agent has too many open streams';

test.after.each(noStreams);

test('an agent alone has half of the open streams, and others have the rest', async () => {
  const first = await fixture.streamingDesktop();
  const second = await fixture.streamingDesktop();
  const other = await fixture.streamingDesktop({ token: fixture.token('test:other') });
  for (const id of ['a', 'b', 'c']) assert.equal(await first.ask(id, QUESTION), [true, id]);
  assert.equal(await second.ask('d', QUESTION), [true, 'd']);
  assert.equal(await second.ask('e', QUESTION), [false, TOO_MANY]);
  assert.equal(second.told, [`e 8 ${TOO_MANY}`]);
  assert.equal(await other.ask('a', QUESTION), [true, 'a']);
  await first.end('a');
  await other.end('a');
  assert.equal(await second.ask('e', QUESTION), [true, 'e']);
  first.desktop.close();
  second.desktop.close();
  other.desktop.close();
});

test('the end of a connection gives the places of its streams back, once', async () => {
  for (let round = 0; round < 3; round++) {
    const desktop = await fixture.streamingDesktop();
    for (const id of ['a', 'b', 'c', 'd']) assert.equal(await desktop.ask(id, QUESTION), [true, id]);
    assert.equal(await desktop.end('d'), [true, 'd']);
    assert.equal(await desktop.ask('d', QUESTION), [true, 'd']);
    assert.equal(await desktop.ask('e', QUESTION), [false, TOO_MANY]);
    desktop.desktop.close();
    await noStreams();
  }
});

test('refused opens take no place', async () => {
  const desktop = await fixture.streamingDesktop({
    token: fixture.token('test:boss', { role: 'supervisor' }),
  });
  for (let index = 0; index < 20; index++) {
    assert.equal(await desktop.ask('s', QUESTION), [false, 'a supervisor may only read']);
  }
});

test('bytes of messages that were sent or refused are given back', async () => {
  const desktop = await fixture.streamingDesktop();
  const filler = 'x'.repeat(15_000);
  const payload = { participant: PARTICIPANT, textInput: QUESTION, filler };
  for (let index = 0; index < 10; index++) assert.equal(await desktop.request('s', payload), [true, 's']);
  const other = { ...payload, participant: PARTICIPANT.replace('c-1', 'c-2') };
  const reason = 'participant must be that of the first message';
  for (let index = 0; index < 5; index++) {
    assert.equal(await desktop.request('s', other), [false, reason]);
    assert.equal(await desktop.request('s', payload), [true, 's']);
  }
  desktop.desktop.close();
});

test.run();
