// Streams over the native protocol, from a WebSocket through a relay to the Dialogflow simulator.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeDesktop } from '../../helpers/native-desktop.ts';
import { until } from '../../helpers/until.ts';
import { CITED, QUESTION, withoutTimes } from '../../scripts/local/dialogflow/companion-fixture.ts';
import { CONVERSATION, METHOD, PARTICIPANT, StreamFixture } from './stream-fixture.ts';

const fixture = new StreamFixture(test);

const noStreams = () => until(() => fixture.upstream === 0, 30_000, 'Dialogflow has no stream');
const ask = (desktop: NativeDesktop, streamId: string, textInput: string, method: unknown = METHOD) =>
  desktop.send({
    type: 'stream-request',
    streamId,
    method,
    payload: { participant: PARTICIPANT, textInput },
  });

const told = (desktop: NativeDesktop) =>
  desktop.of('stream-error').map(({ streamId, payload: { error } }) => [streamId, error.code, error.message]);

async function answered(desktop: NativeDesktop, answers: number): Promise<object[]> {
  const messages = () => desktop.of('stream-data').map(({ payload }) => payload as { isFinal?: boolean });
  await until(
    () => messages().filter(({ isFinal }) => isFinal).length >= answers,
    30_000,
    'the answer is complete',
  );
  return messages();
}

test('two questions on one stream are answered', async () => {
  const desktop = await fixture.nativeDesktop();
  ask(desktop, 's', QUESTION);
  assert.equal((await answered(desktop, 1)).map(withoutTimes), CITED);
  ask(desktop, 's', QUESTION, undefined);
  assert.equal((await answered(desktop, 2)).map(withoutTimes), [...CITED, ...CITED]);
  assert.ok(desktop.of('stream-data').every(({ streamId }) => streamId === 's'));
  assert.equal(told(desktop), []);
  desktop.send({ type: 'end-stream', streamId: 's' });
  await noStreams();
});

test('a leave and a disconnect each end the stream at Dialogflow', async () => {
  const desktop = await fixture.nativeDesktop();
  await desktop.join(CONVERSATION);
  ask(desktop, 's', QUESTION);
  await until(() => fixture.upstream === 1);
  await desktop.ask({ type: 'leave', conversation: CONVERSATION });
  await noStreams();
  ask(desktop, 's', QUESTION);
  await until(() => fixture.upstream === 1);
  desktop.close();
  await noStreams();
});

test('what is refused is told with stream-error, and the connection goes on', async () => {
  const desktop = await fixture.nativeDesktop({ token: fixture.token('test:boss', { role: 'supervisor' }) });
  ask(desktop, 'a', QUESTION);
  ask(desktop, 'b', QUESTION, 'streaming_detect_intent');
  ask(desktop, 'x'.repeat(129), QUESTION);
  await until(() => told(desktop).length === 3);
  assert.equal(
    told(desktop).sort(),
    [
      ['a', 7, 'a supervisor may only read'],
      ['b', 3, 'method is not one that can be streamed'],
      ['x'.repeat(128), 3, 'streamId must be a text of 1 to 128 characters'],
    ].sort(),
  );
  desktop.send({ type: 'end-stream', streamId: 'unknown' });
  desktop.send({ type: 'ping' });
  await until(() => desktop.of('pong').length === 1);
  assert.is(told(desktop).length, 3);
});

test('a stream frame without an id is a bad frame, and one before the token closes', async () => {
  const desktop = await fixture.nativeDesktop();
  desktop.send({ type: 'stream-request', method: METHOD, payload: {} });
  await until(() => desktop.of('error').length === 1);
  assert.is(desktop.of('error')[0]?.code, 'bad-frame');

  const stranger = await fixture.openNativeDesktop().opened();
  ask(stranger, 's', QUESTION);
  assert.is((await stranger.closed)[0], 4500);
  assert.equal(stranger.of('stream-error'), []);
});

test.run();
