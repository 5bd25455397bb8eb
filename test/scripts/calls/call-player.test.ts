import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallEvent } from '../../../scripts/calls/call-event.ts';
import { type PlayOptions, playCall } from '../../../scripts/calls/call-player.ts';
import { billing } from '../../../scripts/calls/scenarios/billing.ts';
import { scheduleScenario } from '../../../scripts/calls/schedule.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';

const LOCATION = 'projects/demo-project/locations/global';
const NAME = `${LOCATION}/conversations/c1`;
const EVENTS = scheduleScenario(billing);

const said = (atMs: number, type: 'CONVERSATION_STARTED' | 'CONVERSATION_FINISHED'): CallEvent => ({
  atMs,
  kind: 'conversation-lifecycle-event',
  attributes: {},
  data: { conversation: '{{conversation}}', type },
});

async function play(options: Partial<PlayOptions> = {}): Promise<{ name: string; published: CallEvent[] }> {
  const published: CallEvent[] = [];
  const name = await playCall({
    events: EVENTS,
    location: LOCATION,
    conversationId: 'c1',
    speed: 2_000,
    publish: async (event) => published.push(event),
    signal: new AbortController().signal,
    ...options,
  });
  return { name, published };
}

test('a call is published in order, with its own names, and its name is told', async () => {
  const { name, published } = await play();
  assert.is(name, NAME);
  assert.equal(
    published.map(({ kind }) => kind),
    EVENTS.map(({ kind }) => kind),
  );
  assert.ok(published.every(({ data }) => data.conversation === NAME));
  assert.not.match(JSON.stringify(published), '{{');
});

test('times in a call follow its start, as much faster as it is played', async () => {
  const before = Date.now();
  const { published } = await play({
    events: [
      {
        ...said(0, 'CONVERSATION_STARTED'),
        data: {
          conversation: '{{conversation}}',
          participant: '{{conversation}}/participants/agent',
          suggestionResults: [{ error: { code: 1, message: '{{time:4000}} {{time:-1000}}' } }],
        },
      },
    ],
    speed: 2,
  });
  const [later = '', earlier = ''] =
    /message":"(\S+) (\S+)"/.exec(JSON.stringify(published[0]?.data))?.slice(1) ?? [];
  assert.is(Date.parse(later) - Date.parse(earlier), 2_500);
  const startedAt = Date.parse(later) - 2_000;
  assert.ok(startedAt >= before && startedAt <= Date.now());
});

test('events keep their distances, whatever publishing takes', () =>
  undisturbed(async () => {
    const at: number[] = [];
    const startedAt = performance.now();
    await play({
      events: [0, 1_000, 2_000, 3_000].map((ms) => said(ms, 'CONVERSATION_STARTED')),
      speed: 10,
      async publish() {
        at.push(performance.now() - startedAt);
        await new Promise((resolve) => setTimeout(resolve, 60));
      },
    });
    // 100 ms each and not 160; a timer may be late.
    assert.ok((at[3] ?? 0) >= 298 && (at[3] ?? 0) < 450, at.join());
  }));

test('the call waits until telephony has told of it, and nothing is said before', async () => {
  const published: CallEvent[] = [];
  await play({
    events: EVENTS.slice(0, 4),
    publish: async (event) => published.push(event),
    async onStarted(name) {
      assert.is(name, NAME);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.is(published.length, 1);
    },
  });
  assert.is(published.length, 4);
});

test('a call that somebody has ended goes on no more', async () => {
  const published: CallEvent[] = [];
  await play({
    events: [0, 1, 2, 3].map((ms) => said(ms, 'CONVERSATION_STARTED')),
    publish: async (event) => published.push(event),
    isOver: () => published.length === 2,
  });
  assert.is(published.length, 2);
});

test('a call that is stopped ends at once', async () => {
  const stop = new AbortController();
  const playing = play({ speed: 1, signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  const error = await playing.catch((reason: Error) => reason);
  assert.is((error as Error).name, 'AbortError');
});

test.run();
