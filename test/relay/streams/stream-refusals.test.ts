// Why a message on a stream is refused, and what is asked, counted and audited for it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessRefusedError } from '../../../relay/access/access-policy.ts';
import { ConversationNameError } from '../../../shared/errors.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { until } from '../../helpers/until.ts';
import { limited, PARTICIPANT, refused, request, steeredStreams, told } from './steered-streams.ts';

const fixture = new Fixture(test);

test('an agent over its limit is refused: 8', async () => {
  const { state, emitted, streams } = steeredStreams(fixture);
  await streams.request(request('a'));
  state.called = () => Promise.reject(limited());
  assert.is(await refused(streams.request(request('b'))), 'Too many requests: wait.');
  assert.equal(emitted, [told(8, 'Too many requests: wait.')]);
});

test('an agent over its limit of streams is refused and not audited: 8', async () => {
  const { state, emitted, audited, counted, streams } = steeredStreams(fixture);
  state.nameOf = () => {
    throw new ConversationNameError('other-project');
  };
  assert.match(await refused(streams.request(request('a'))), /another project/);
  assert.is(audited.length, 1);
  state.called = () => Promise.reject(limited());
  assert.is(await refused(streams.request(request('a'))), 'Too many requests: wait.');
  assert.is(audited.length, 1);
  assert.equal(emitted[1], told(8, 'Too many requests: wait.'));
  assert.equal(counted, ['refused 7', 'refused 8']);
});

test('what is refused on streams is noted with its reason and its agent', async () => {
  const { state, noted, streams } = steeredStreams(fixture);
  await refused(streams.request({ streamId: 's', method: 'none', payload: {} }));
  await streams.request(request('a'));
  state.called = () => Promise.reject(limited());
  await refused(streams.request(request('b')));
  const sub = state.claims?.subject;
  assert.equal(noted, [
    ['stream-malformed', sub],
    ['limit-calls', sub],
  ]);
});

test('a message asks Redis about revocations, and the check every 2 seconds does not', async () => {
  const { state, streams } = steeredStreams(fixture);
  const asked: unknown[] = [];
  state.access = async (options) => void asked.push(options?.usesKnownRevocations);
  await streams.request(request('a'));
  await until(() => asked.length > 1);
  assert.is(asked[0], false);
  assert.is(asked[1], undefined);
});

test('a message that cannot be checked because Redis fails is refused: 14', async () => {
  const { state, emitted, audited, streams } = steeredStreams(fixture);
  state.access = () => Promise.reject(new Error('Command timed out'));
  const reason = 'access cannot be checked right now: try again';
  assert.is(await refused(streams.request(request('a'))), reason);
  assert.equal([emitted, audited], [[told(14, reason)], []]);
});

test('an agent that waits behind its own questions is refused, and not audited: 8', async () => {
  const { state, emitted, audited, streams } = steeredStreams(fixture);
  const cause = limited();
  state.access = () => Promise.reject(new AccessRefusedError('try again', { isTemporary: true, cause }));
  assert.is(await refused(streams.request(request('a'))), 'Too many requests: wait.');
  assert.equal([emitted, audited], [[told(8, 'Too many requests: wait.')], []]);
});

test('a payload of 30,000 levels is refused, on an open stream, too: 3', async () => {
  const { channels, emitted, streams } = steeredStreams(fixture);
  const nested = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) as unknown;
  const deep = { ...request('a'), payload: { participant: PARTICIPANT, nested } };
  const reason = 'payload must have at most 100 levels';
  assert.is(await refused(streams.request(deep)), reason);
  await streams.request(request('a'));
  assert.is(await refused(streams.request(deep)), reason);
  assert.equal(emitted, [told(3, reason), told(3, reason)]);
  assert.is(channels[0]?.sent.length, 1);
});

test.run();
