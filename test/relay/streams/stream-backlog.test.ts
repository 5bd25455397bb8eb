// How many messages, and how much of them, may wait to be sent to Dialogflow.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessRefusedError } from '../../../relay/access/access-policy.ts';
import { StreamError } from '../../../relay/streams/stream-error.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';
import { limited, refused, request, steeredStreams, told } from './steered-streams.ts';

const fixture = new Fixture(test);

const SIZE = Buffer.byteLength(JSON.stringify(request('x'.repeat(1_000)).payload));
const TOO_MUCH = "too many bytes of the agent's messages wait to be sent";

test('waiting messages are bounded, also when a flood opens streams again: 8', async () => {
  const { state, emitted, streams } = steeredStreams(fixture, { sendsWaitingMaxBytes: 80 * SIZE });
  const gate = Promise.withResolvers<void>();
  state.access = () => gate.promise;
  const long = () => refused(streams.request(request('x'.repeat(1_000))));
  // Each 17th message ends its stream; the messages wait on all the same, because access is still being checked.
  const all = Array.from({ length: 200 }, long);
  await until(() => emitted.length === 2 + 160);
  gate.resolve();
  const outcomes = await Promise.all(all);
  assert.is(outcomes.filter((outcome) => outcome === TOO_MUCH).length, 160);
  // All of it was given back: as many fit in as before.
  state.access = async () => {};
  for (let index = 0; index < 100; index++) assert.is(await long(), 'taken');
});

test('bytes of messages that fail, and of those whose connection ends, are given back', async () => {
  const { state, channels, streams } = steeredStreams(fixture, { sendsWaitingMaxBytes: 2 * SIZE });
  const long = () => refused(streams.request(request('x'.repeat(1_000))));
  for (let round = 0; round < 3; round++) {
    state.access = () => Promise.reject(new AccessRefusedError('denied'));
    assert.is(await long(), 'denied');
    state.access = async () => {};
    assert.is(await long(), 'taken');
    const gate = Promise.withResolvers<void>();
    const channel = channels.at(-1);
    assert.ok(channel);
    channel.answer = () => gate.promise;
    const waiting = long();
    await until(() => channel.sent.length === 2);
    if (round === 0) assert.is(await long(), TOO_MUCH);
    else streams.close();
    assert.ok(channel.isClosed);
    gate.reject(new StreamError(14, 'closed'));
    assert.is(await waiting, 'closed');
  }
});

test('a message counts when it arrives, not when its turn comes', async () => {
  const { state, channels, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  const gate = Promise.withResolvers<void>();
  if (channels[0]) channels[0].answer = () => gate.promise;
  const first = refused(streams.request(request('b')));
  let calls = 0;
  state.called = async () => {
    if (++calls > 3) throw limited();
  };
  const all = Array.from({ length: 4 }, () => refused(streams.request(request('c'))));
  await until(() => emitted.length > 0);
  assert.equal([calls, emitted], [4, [told(8, 'Too many requests: wait.')]]);
  gate.resolve();
  assert.is(await first, 'taken');
  const closed = 'the stream is closed';
  assert.equal(await Promise.all(all), [closed, closed, closed, 'Too many requests: wait.']);
});

test('more than 16 messages that wait end the stream: 8', async () => {
  const { channels, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  const gate = Promise.withResolvers<void>();
  if (channels[0]) channels[0].answer = () => gate.promise;
  const all = Array.from({ length: 17 }, () => refused(streams.request(request('b'))));
  await until(() => emitted.length > 0);
  assert.equal(emitted, [told(8, 'too many messages wait to be sent')]);
  gate.resolve();
  assert.equal((await Promise.all(all)).slice(1), Array(16).fill('the stream is closed'));
});

test.run();
