// What ends a stream, and what waits for what.

import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessRefusedError } from '../../../relay/access/access-policy.ts';
import { STREAM_LIMITS } from '../../../relay/streams/limits.ts';
import { StreamError } from '../../../relay/streams/stream-error.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';
import { NOW, refused, request, steeredStreams, told } from './steered-streams.ts';

const fixture = new Fixture(test);

test('a desktop that does not read holds its stream up, and nothing is lost', async () => {
  const { state, channels, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  const [channel] = channels;
  assert.ok(channel);
  state.waitingBytes = STREAM_LIMITS.waitingMaxBytes + 1;
  channel.say({ n: 1 });
  await sleep(60);
  assert.equal(emitted, []);
  assert.is(channel.pulled, 1);
  state.waitingBytes = STREAM_LIMITS.waitingMaxBytes;
  await until(() => emitted.length === 1);
  assert.is(channel.pulled, 2);
});

test('an error of the relay itself is told in fixed words, and logged: 13', async () => {
  const { channels, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  channels[0]?.fail(new TypeError('secret is not a function'));
  await until(() => emitted.length > 0);
  assert.equal(emitted, [told(13, 'the relay has an internal error')]);
});

test('messages wait for access in their order', async () => {
  const { state, channels, streams } = steeredStreams(fixture);
  const gate = Promise.withResolvers<void>();
  let checks = 0;
  state.access = () => (checks++ === 0 ? gate.promise : Promise.resolve());
  const first = streams.request(request('a'));
  const second = streams.request(request('b'));
  await sleep(10);
  assert.equal(channels, []);
  gate.resolve();
  await Promise.all([first, second]);
  assert.equal(
    channels[0]?.sent.map((message) => (message as { textInput: string }).textInput),
    ['a', 'b'],
  );
});

const ENDS: [
  what: string,
  change: (state: ReturnType<typeof steeredStreams>['state']) => void,
  code: number,
  message: string,
][] = [
  [
    'a token that expires',
    (state) => Object.assign(state, { now: NOW + 60_000 }),
    16,
    'Your token has expired.',
  ],
  [
    'a relay that drains',
    (state) => state.draining.abort(),
    14,
    'the connection is going to be closed: open the stream on another',
  ],
  [
    'access that is revoked',
    (state) =>
      Object.assign(state, { access: () => Promise.reject(new AccessRefusedError('access was revoked')) }),
    7,
    'access was revoked',
  ],
];

for (const [what, change, code, message] of ENDS) {
  test(`${what} ends an idle stream, and refuses another: ${code}`, async () => {
    const { state, channels, emitted, counted, streams } = steeredStreams(fixture);
    await streams.request(request('a'));
    change(state);
    await until(() => emitted.length > 0);
    assert.equal(emitted, [told(code, message)]);
    assert.ok(channels[0]?.isClosed);
    assert.is(await refused(streams.request(request('b'))), message);
    assert.is(channels.length, 1);
    assert.equal(counted, ['opened', `ended ${code}`, 'opened', `ended ${code}`]);
  });
}

test('an authorizer without an answer ends no stream and passes no message: 14', async () => {
  const { state, channels, emitted, counted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  const away = new AccessRefusedError('access cannot be checked', { isTemporary: true });
  state.access = () => Promise.reject(away);
  await sleep(60);
  assert.equal(emitted, []);
  assert.is(await refused(streams.request(request('b'))), 'access cannot be checked');
  assert.equal(emitted, [told(14, 'access cannot be checked')]);
  assert.is(channels[0]?.sent.length, 1);
  assert.equal(counted, ['opened', 'ended 14']);
});

test("an error of the relay's own within a channel is logged once", async () => {
  const { channels, emitted, errors, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  const cause = new TypeError('x is not a function');
  const failure = new StreamError(13, 'the relay has an internal error', { cause });
  if (channels[0]) channels[0].answer = () => Promise.reject(failure);
  await refused(streams.request(request('b')));
  channels[0]?.fail(failure);
  await sleep(20);
  assert.equal(emitted, [told(13, 'the relay has an internal error')]);
  assert.equal(errors, [{ err: cause }]);
});

test('an end of Dialogflow before the last answer is told, and one behind it is not', async () => {
  const early = steeredStreams(fixture);
  await early.streams.request(request('a'));
  early.channels[0]?.say({ n: 1 });
  await until(() => early.emitted.length === 1);
  early.channels[0]?.say(undefined);
  await until(() => early.emitted.length === 2);
  assert.equal(early.emitted[1], told(14, 'Dialogflow has ended the stream before its last answer'));

  const late = steeredStreams(fixture);
  await late.streams.request(request('a'));
  late.channels[0]?.say({ isFinal: true });
  await until(() => late.emitted.length === 1);
  late.channels[0]?.say(undefined);
  await until(() => late.counted.length === 2);
  assert.equal(late.counted, ['opened', 'ended undefined']);
  assert.is(late.emitted.length, 1);
  await late.streams.request(request('b'));
  assert.is(late.channels.length, 2);
});

test('a message of more than 1 MiB ends the stream: 8', async () => {
  const { channels, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  channels[0]?.say({ text: '\u20ac'.repeat(350_000) });
  await until(() => emitted.length > 0);
  assert.equal(emitted, [told(8, "a message of Dialogflow's is too long")]);
});

test('an error of Dialogflow is told once, to messages that wait, too', async () => {
  const { channels, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  const [channel] = channels;
  assert.ok(channel);
  channel.answer = () => Promise.reject(new StreamError(13, 'broken'));
  const outcomes = [request('b'), request('c')].map((argument) => refused(streams.request(argument)));
  assert.equal(await Promise.all(outcomes), ['broken', 'the stream is closed']);
  channel.fail(new StreamError(13, 'broken'));
  await sleep(20);
  assert.equal(emitted, [told(13, 'broken')]);
});

test('after the end of the connection nothing is sent, and each stream is closed', async () => {
  const { channels, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  streams.close();
  channels[0]?.say({ n: 1 });
  await sleep(20);
  assert.ok(channels[0]?.isClosed);
  assert.equal(emitted, []);
});

test.run();
