// What ends a stream, and what waits for what, with a Dialogflow and a desktop that a test steers.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessRefusedError, type RequireOptions } from '../../../relay/access/access-policy.ts';
import { RateLimitedError } from '../../../relay/rate-limits/rate-limited-error.ts';
import { DesktopStreams } from '../../../relay/streams/desktop-streams.ts';
import { STREAM_LIMITS, type StreamLimits } from '../../../relay/streams/limits.ts';
import { StreamError } from '../../../relay/streams/stream-error.ts';
import { StreamOccupancy } from '../../../relay/streams/stream-occupancy.ts';
import type { Channel } from '../../../relay/streams/webchannel/channel.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { ConversationNameError } from '../../../shared/errors.ts';
import type { StreamFrame } from '../../../shared/wire.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { NOWHERE } from '../../helpers/open-access.ts';
import { until } from '../../helpers/until.ts';
import { METHOD } from './stream-fixture.ts';

const fixture = new Fixture(test);

const PARTICIPANT = 'projects/p/locations/us/conversations/c/participants/a';
const NOW = 1_000_000;

/** A stream of Dialogflow's: what was sent, and what the test lets it say. */
class SteeredChannel implements Channel {
  readonly sent: object[] = [];
  /** How many messages were asked for. */
  pulled = 0;
  isClosed = false;
  answer: () => Promise<void> = async () => {};
  #next = Promise.withResolvers<object | undefined>();
  readonly messages: AsyncIterable<object> = this.#messages();

  async send(message: object): Promise<void> {
    this.sent.push(message);
    await this.answer();
  }

  close(): void {
    this.isClosed = true;
    this.#next.resolve(undefined);
  }

  /** Lets the next message come, or the end. */
  say(message: object | undefined): void {
    this.#next.resolve(message);
  }

  fail(error: Error): void {
    this.#next.reject(error);
  }

  async *#messages(): AsyncGenerator<object, void> {
    for (;;) {
      this.pulled++;
      const message = await this.#next.promise;
      if (message === undefined) return;
      this.#next = Promise.withResolvers();
      yield message;
    }
  }
}

function start(limits: Partial<StreamLimits> = {}) {
  const state = {
    access: async (_options?: RequireOptions) => {},
    nameOf: (): ShortName => 'projects/p/conversations/c',
    called: async () => {},
    draining: new AbortController(),
    now: NOW,
    waitingBytes: 0,
    claims: { subject: 's', user: '', tokenId: 't', issuedAt: 0, expiresAt: NOW / 1000 + 60 },
  };
  const all = { ...STREAM_LIMITS, recheckMs: 20, ...limits };
  const channels: SteeredChannel[] = [];
  const emitted: unknown[] = [];
  const counted: unknown[] = [];
  const audited: unknown[] = [];
  const errors: unknown[] = [];
  const desktop = {
    isOpen: true,
    get waitingBytes() {
      return state.waitingBytes;
    },
    session: {
      isClosed: false,
      get claims() {
        return state.claims;
      },
    },
    sendStream: ({ type, streamId, payload }: StreamFrame) => void emitted.push([type, streamId, payload]),
  };
  const streams = new DesktopStreams(desktop, NOWHERE, {
    openChannel: async ({ signal }) => {
      const channel = new SteeredChannel();
      signal?.addEventListener('abort', () => channel.close());
      channels.push(channel);
      return channel;
    },
    access: {
      nameOf: () => state.nameOf(),
      require: async (_agent, _action, _resource, options) => {
        await state.access(options);
        return { until: undefined };
      },
    },
    rateLimiter: { called: () => state.called() },
    occupancy: new StreamOccupancy(all, { count: () => {} }),
    audit: { note: (event, { outcome }) => void audited.push([event, outcome]) },
    project: { id: 'p' },
    draining: state.draining.signal,
    meter: {
      streamOpened: () => void counted.push('opened'),
      streamEnded: (code) => void counted.push(`ended ${code}`),
      streamRefused: (code) => void counted.push(`refused ${code}`),
    },
    logger: { warn: () => {}, error: (fields: unknown) => void errors.push(fields) },
    limits: all,
    now: () => state.now,
  });
  fixture.keep(streams);
  return { state, channels, emitted, counted, audited, errors, streams };
}

const request = (textInput: string) => ({
  streamId: 's',
  method: METHOD,
  payload: { participant: PARTICIPANT, textInput },
});
const told = (code: number, message: string) => ['stream-error', 's', { error: { message, code } }];

async function refused(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}

test('a desktop that does not read holds its stream up, and nothing is lost', async () => {
  const { state, channels, emitted, streams } = start();
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
  const { channels, emitted, streams } = start();
  await streams.request(request('a'));
  channels[0]?.fail(new TypeError('secret is not a function'));
  await until(() => emitted.length > 0);
  assert.equal(emitted, [told(13, 'the relay has an internal error')]);
});

test('messages wait for access in their order', async () => {
  const { state, channels, streams } = start();
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
  change: (state: ReturnType<typeof start>['state']) => void,
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
    const { state, channels, emitted, counted, streams } = start();
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

test('an authorizer that does not answer ends no stream, and lets no message through: 14', async () => {
  const { state, channels, emitted, counted, streams } = start();
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

test('an agent over its limit is refused: 8', async () => {
  const { state, emitted, streams } = start();
  await streams.request(request('a'));
  state.called = () => Promise.reject(new RateLimitedError('Too many requests: wait.', 1_000));
  assert.is(await refused(streams.request(request('b'))), 'Too many requests: wait.');
  assert.equal(emitted, [told(8, 'Too many requests: wait.')]);
});

test('an agent over its limit that opens a stream elsewhere is refused, and not audited: 8', async () => {
  const { state, emitted, audited, counted, streams } = start();
  state.nameOf = () => {
    throw new ConversationNameError('other-project');
  };
  assert.match(await refused(streams.request(request('a'))), /another project/);
  assert.is(audited.length, 1);
  state.called = () => Promise.reject(new RateLimitedError('Too many requests: wait.', 1_000));
  assert.is(await refused(streams.request(request('a'))), 'Too many requests: wait.');
  assert.is(audited.length, 1);
  assert.equal(emitted[1], told(8, 'Too many requests: wait.'));
  assert.equal(counted, ['refused 7', 'refused 8']);
});

test('a message asks Redis about revocations, and the check every 2 seconds does not', async () => {
  const { state, streams } = start();
  const asked: unknown[] = [];
  state.access = async (options) => void asked.push(options?.usesKnownRevocations);
  await streams.request(request('a'));
  await until(() => asked.length > 1);
  assert.is(asked[0], false);
  assert.is(asked[1], undefined);
});

test('a message that cannot be checked because Redis fails is refused: 14', async () => {
  const { state, emitted, audited, streams } = start();
  state.access = () => Promise.reject(new Error('Command timed out'));
  const reason = 'access cannot be checked right now: try again';
  assert.is(await refused(streams.request(request('a'))), reason);
  assert.equal([emitted, audited], [[told(14, reason)], []]);
});

test('an agent that waits behind its own questions is refused, and not audited: 8', async () => {
  const { state, emitted, audited, streams } = start();
  const cause = new RateLimitedError('Too many requests: wait.', 1_000);
  state.access = () => Promise.reject(new AccessRefusedError('try again', { isTemporary: true, cause }));
  assert.is(await refused(streams.request(request('a'))), 'Too many requests: wait.');
  assert.equal([emitted, audited], [[told(8, 'Too many requests: wait.')], []]);
});

test('a payload of 30,000 levels is refused, on an open stream, too: 3', async () => {
  const { channels, emitted, streams } = start();
  const nested = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) as unknown;
  const deep = { ...request('a'), payload: { participant: PARTICIPANT, nested } };
  const reason = 'payload must have at most 100 levels';
  assert.is(await refused(streams.request(deep)), reason);
  await streams.request(request('a'));
  assert.is(await refused(streams.request(deep)), reason);
  assert.equal(emitted, [told(3, reason), told(3, reason)]);
  assert.is(channels[0]?.sent.length, 1);
});

test("an error of the relay's own within a channel is logged once", async () => {
  const { channels, emitted, errors, streams } = start();
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

const SIZE = Buffer.byteLength(JSON.stringify(request('x'.repeat(1_000)).payload));
const TOO_MUCH = "too many bytes of the agent's messages wait to be sent";

test('bytes of messages that wait are bounded, also when a flood opens its stream again and again: 8', async () => {
  const { state, emitted, streams } = start({ sendsWaitingMaxBytes: 80 * SIZE });
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
  const { state, channels, streams } = start({ sendsWaitingMaxBytes: 2 * SIZE });
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
  const { state, channels, emitted, streams } = start();
  await streams.request(request('a'));
  const gate = Promise.withResolvers<void>();
  if (channels[0]) channels[0].answer = () => gate.promise;
  const first = refused(streams.request(request('b')));
  let calls = 0;
  state.called = async () => {
    if (++calls > 3) throw new RateLimitedError('Too many requests: wait.', 1_000);
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
  const { channels, emitted, streams } = start();
  await streams.request(request('a'));
  const gate = Promise.withResolvers<void>();
  if (channels[0]) channels[0].answer = () => gate.promise;
  const all = Array.from({ length: 17 }, () => refused(streams.request(request('b'))));
  await until(() => emitted.length > 0);
  assert.equal(emitted, [told(8, 'too many messages wait to be sent')]);
  gate.resolve();
  assert.equal((await Promise.all(all)).slice(1), Array(16).fill('the stream is closed'));
});

test('an end of Dialogflow before the last answer is told, and one behind it is not', async () => {
  const early = start();
  await early.streams.request(request('a'));
  early.channels[0]?.say({ n: 1 });
  await until(() => early.emitted.length === 1);
  early.channels[0]?.say(undefined);
  await until(() => early.emitted.length === 2);
  assert.equal(early.emitted[1], told(14, 'Dialogflow has ended the stream before its last answer'));

  const late = start();
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
  const { channels, emitted, streams } = start();
  await streams.request(request('a'));
  channels[0]?.say({ text: '\u20ac'.repeat(350_000) });
  await until(() => emitted.length > 0);
  assert.equal(emitted, [told(8, "a message of Dialogflow's is too long")]);
});

test('an error of Dialogflow is told once, to messages that wait, too', async () => {
  const { channels, emitted, streams } = start();
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
  const { channels, emitted, streams } = start();
  await streams.request(request('a'));
  streams.close();
  channels[0]?.say({ n: 1 });
  await sleep(20);
  assert.ok(channels[0]?.isClosed);
  assert.equal(emitted, []);
});

test.run();
