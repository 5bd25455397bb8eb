// Sessions of Socket.IO over long polling: packets in bodies, requests in an order and at times that no client has them,
// and upgrades to a WebSocket that are broken off on the way.
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../helpers/until.ts';
import { fuzz } from './fuzz.ts';
import { CONVERSATIONS, FuzzFixture } from './fuzz-fixture.ts';
import { mutated } from './mutations.ts';
import { type Answer, inForm, PollingSession, packetsIn, SEPARATOR } from './polling-session.ts';
import { ANSWER, connect, frames, isLast, LAST, withoutNamespace } from './socket-io-packets.ts';

const fixture = new FuzzFixture(test);

type Step =
  | { do: 'post'; body: string; type?: string }
  /** A body cut short. */
  | { do: 'post-cut'; body: string }
  /** The next step does not wait for its answer. */
  | { do: 'post-at-once'; body: string }
  /** Answered when there is something to say, so nobody waits for it; one is enough. */
  | { do: 'poll' }
  | { do: 'poll-beside' }
  | { do: 'poll-cut' }
  | { do: 'odd'; method: string; query: Record<string, string> }
  | { do: 'upgrade'; frames: (string | Buffer)[] };

const asPacket = (each: string | Buffer) => (typeof each === 'string' ? each : `b${each.toString('base64')}`);
const batch = frames(6).map((list) => list.map(asPacket).join(SEPARATOR));
const body = fc.oneof(
  { weight: 8, arbitrary: batch },
  { weight: 2, arbitrary: mutated(batch) },
  { weight: 1, arbitrary: batch.map(inForm) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['', SEPARATOR, '1', `1${SEPARATOR}42["join-conversation","x"]`, '2', '0{}', '6', 'b', 'b====', '4'],
      ...['x'.repeat(20_000), `3${SEPARATOR}`.repeat(600), `42["a"]${SEPARATOR}`.repeat(1_000), '5:40{"a"'],
    ),
  },
);
const type = fc.constantFrom(
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  '',
  'x'.repeat(900),
);
const odd = fc.record({
  do: fc.constant('odd' as const),
  method: fc.constantFrom('GET', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
  query: fc.constantFrom<Record<string, string>>(
    ...[
      {},
      { EIO: '3' },
      { EIO: '5' },
      { transport: 'websocket' },
      { transport: 'webtransport' },
      { j: '1' },
    ],
    ...[{ transport: '__proto__' }, { sid: '__proto__' }, { sid: '' }, { b64: '1' }],
  ),
});
const probe: (string | Buffer)[] = ['2probe', '5'];
const upgrade = fc
  .oneof(
    { weight: 4, arbitrary: frames(5).map((list) => [...probe, ...list, LAST]) },
    {
      weight: 3,
      arbitrary: fc.subarray<string | Buffer>([
        '2probe',
        '5',
        '2',
        '3probe',
        '40{"token":"TOKEN"}',
        '6',
        '1',
      ]),
    },
    { weight: 1, arbitrary: frames(3) },
  )
  .map((list): Step => ({ do: 'upgrade', frames: list }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: body.map((text): Step => ({ do: 'post', body: text })) },
  {
    weight: 1,
    arbitrary: fc.tuple(body, type).map(([text, each]): Step => ({ do: 'post', body: text, type: each })),
  },
  { weight: 1, arbitrary: body.map((text): Step => ({ do: 'post-at-once', body: text })) },
  { weight: 1, arbitrary: body.map((text): Step => ({ do: 'post-cut', body: text })) },
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'poll' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'poll-cut' }, { do: 'poll-beside' }) },
  { weight: 2, arbitrary: odd },
  { weight: 2, arbitrary: upgrade },
);
interface Scenario {
  /** Parameters of the first request. */
  query: Record<string, string>;
  first: string;
  steps: Step[];
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  query: fc.oneof(
    { weight: 9, arbitrary: fc.constant<Record<string, string>>({}) },
    {
      weight: 1,
      arbitrary: fc.constant<Record<string, string>>({ b64: '1' }),
    },
  ),
  first: connect,
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
});

const NOOP = '6';
/** How long an answer is waited for, in milliseconds: broken packets have none. */
const SILENCE_MS = 50;

/** Runs the scenario, ends the session and resolves with all that was answered. */
async function run({ query, first, steps }: Scenario): Promise<Answer[]> {
  const token = fixture.agentToken();
  const fill = (text: string) => text.replaceAll('TOKEN', token);
  const session = await PollingSession.open(fixture.relay.url, query);
  const post = (text: string) => {
    return session.ask({ method: 'POST', body: fill(text) });
  };
  const answers = [await post(first)];
  const pending: Promise<Answer>[] = [];
  let underWay: Promise<Answer> | undefined;
  /** The answer to the poll that is under way, or to a new one; none when nothing is said for a while. */
  const poll = (): Promise<Answer | undefined> => {
    const asked =
      underWay ??
      session.ask({}).finally(() => {
        underWay = undefined;
      });
    if (underWay === undefined) pending.push(asked);
    underWay = asked;
    return Promise.race([asked, sleep(SILENCE_MS, undefined)]);
  };
  await poll();
  for (const each of steps) {
    switch (each.do) {
      case 'post':
        answers.push(
          await (each.type === undefined ? post(each.body) : session.ask({ method: 'POST', ...each })),
        );
        break;
      case 'post-at-once':
        pending.push(post(each.body));
        break;
      case 'post-cut':
        await session.ask({ method: 'POST', body: fill(each.body), cutAfterMs: 2 });
        break;
      case 'poll':
        void poll();
        break;
      case 'poll-beside':
        pending.push(session.ask({}));
        break;
      case 'poll-cut':
        await session.ask({ cutAfterMs: 2 });
        break;
      case 'odd':
        pending.push(session.ask({ method: each.method, query: each.query }));
        break;
      case 'upgrade': {
        const frames = each.frames.map((one) => (typeof one === 'string' ? fill(one) : one));
        for (const text of await session.upgrade(frames, isLast)) answers.push({ status: 101, body: text });
      }
    }
  }
  // Until all that was asked for has come, if it does: Engine.IO's noop, which goes with an upgrade, is none of it.
  let isOver = (await post(LAST)).status !== 200;
  while (!isOver) {
    const { status, body: text = '' } = (await poll()) ?? {};
    const packets = packetsIn(text);
    isOver = status !== 200 || packets.some(isLast) || packets.every((each) => each === NOOP);
  }
  answers.push(await post('1'));
  session.cutWebSockets();
  await until(async () => {
    if (await session.isForgotten()) return true;
    pending.push(session.ask({})); // for which the close waits
    return false;
  });
  answers.push(...(await Promise.all(pending)));
  session.end();
  return answers;
}

fuzz('whatever a session of long polling does, it is answered, and nobody else notices', {
  arbitrary: scenario,
  async check(each) {
    const answers = await run(each);
    fixture.checkLog();
    for (const { status, body: text } of answers) {
      if (status !== undefined) assert.ok(status < 500, `${status} ${text}`);
      if (status !== 200 && status !== 101) continue;
      for (const part of packetsIn(text)) {
        assert.not.ok(fixture.isSecret(withoutNamespace(part)), 'a secret came back');
        assert.match(part, ANSWER);
      }
    }
  },
  runs: 200,
  longRuns: 40_000,
  async after() {
    for (const transports of [['polling'], ['polling', 'websocket']] as const) {
      // A token of its own: those of the cases have left places in the conversation, from which a join goes on.
      const token = fixture.token('test:newcomer');
      const desktop = await fixture.desktop({ token, transports: [...transports] });
      assert.equal(await desktop.join(CONVERSATIONS[0]), [true, CONVERSATIONS[0]]);
      await desktop.received(3);
      desktop.close();
    }
    await fixture.checkService();
  },
});

test.run();
