// A real run beside what the model says of it: desktops join, calls are played, relays are replaced.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { inParallel } from '../../../shared/in-parallel.ts';
import { conversationName } from '../../event-source.ts';
import { type CallShape, playedCall } from '../call.ts';
import { appendAll, patiently } from './append.ts';
import { createFixture, type Fixture } from './fixture.ts';
import type { PlannedDesktop } from './keyed.ts';
import { type DesktopsProcess, type RelayProcess, until } from './processes.ts';
import type { Row } from './row.ts';
import { rowsOfCalls, rowsOfJoins, rowsOfWave, type Taken } from './rows.ts';
import type { CheckOptions, CheckState } from './state.ts';
import { type NodeStatistics, statisticsOf } from './statistics.ts';

const JOIN_LIMIT_MS = 10 * 60_000;
const WAVE_LIMIT_MS = 4 * 60_000;
/** Time for what is written later: counts of desktops, places. */
const SETTLE_MS = 1_500;
const CALLS_AT_ONCE = 16;
const STARTS_AT_ONCE = 5;

export async function runCheck(options: CheckOptions): Promise<Row[]> {
  const { primaries, relays: count, replaced, log } = options;
  const fixture = await createFixture(primaries);
  try {
    log(`starting ${count} relays on ${primaries} primaries`);
    const start = async (length: number) => {
      const started: RelayProcess[] = [];
      while (started.length < length) {
        const some = Math.min(STARTS_AT_ONCE, length - started.length);
        started.push(...(await Promise.all(Array.from({ length: some }, () => fixture.startRelay()))));
      }
      return started;
    };
    const relays = await start(count);
    await sleep(SETTLE_MS);
    const plan = planned(options, fixture);
    const children = Array.from({ length: options.processes }, () => fixture.startDesktops());
    const warm = warmUp(options, fixture);
    const state = { fixture, options, plan, warm, children, relays };
    await startAll(state, warm);
    await sleep(SETTLE_MS);

    log(`joining ${plan.length} desktops`);
    const joined = await taken(fixture, async () => {
      await startAll(state, plan);
      await sleep(SETTLE_MS);
    });
    const rows = rowsOfJoins(state, joined, await reportsOf(children));

    options.onPhase?.(rows);
    const conversations = [...new Set(plan.map(({ conversation }) => conversation))];
    log(`playing ${conversations.length} calls`);
    const before = await reportsOf(children);
    const played = await taken(fixture, async () => {
      await play(fixture, conversations, options.call);
      await sleep(SETTLE_MS);
    });
    rows.push(...rowsOfCalls(state, played, before, await reportsOf(children)));

    options.onPhase?.(rows);
    log(`replacing ${replaced} relays`);
    const newcomers = await start(replaced);
    const gone = relays.slice(0, replaced);
    const urls = [...gone.map(() => ''), ...[...relays.slice(replaced), ...newcomers].map(({ url }) => url)];
    for (const child of children) child.setRelays(urls);
    await sleep(SETTLE_MS);
    const moved = [...warm, ...plan].filter(({ relay }) => relay < replaced);
    let startedAt = 0;
    const wave = await taken(fixture, async () => {
      startedAt = Date.now();
      await Promise.all(gone.map((relay) => relay.terminate()));
      await until(
        async () => (await reportsOf(children)).flatMap(({ rejoins }) => rejoins).length >= moved.length,
        WAVE_LIMIT_MS,
        'not all desktops have joined again',
      );
      await sleep(SETTLE_MS);
    });
    rows.push(...rowsOfWave(state, wave, { moved, startedAt, reports: await reportsOf(children) }));
    return rows;
  } finally {
    await fixture.stop();
  }
}

function planned({ desktops, watchers, relays }: CheckOptions, fixture: Fixture): PlannedDesktop[] {
  const agents = desktops - watchers;
  return Array.from({ length: desktops }, (_, index) => {
    const isWatcher = index >= agents;
    const watched = index - agents;
    return {
      ...fixture.issueToken(),
      conversation: conversationName(isWatcher ? watched : index),
      // A watcher has the relay after that of the desktop which it watches.
      relay: (isWatcher ? watched + 1 : index) % relays,
      isFirst: true,
    };
  });
}

/** A desktop for each relay and primary: the first subscription of a relay opens its connection there. */
function warmUp({ primaries, relays, desktops }: CheckOptions, fixture: Fixture): PlannedDesktop[] {
  let next = desktops;
  const nameOn = (node: number) => {
    while (fixture.cluster.nodeOf(conversationName(next)) !== node) next++;
    return conversationName(next++);
  };
  return Array.from({ length: primaries * relays }, (_, index) => ({
    ...fixture.issueToken(),
    conversation: nameOn(index % primaries),
    relay: Math.floor(index / primaries),
    isFirst: true,
  }));
}

async function startAll(
  { children, relays }: Pick<CheckState, 'children' | 'relays'>,
  plan: readonly PlannedDesktop[],
): Promise<void> {
  const urls = relays.map(({ url }) => url);
  await Promise.all(
    children.map((child, index) =>
      child.start(
        {
          type: 'start',
          relays: urls,
          parallel: 10,
          desktops: plan.filter((_, n) => n % children.length === index),
        },
        JOIN_LIMIT_MS,
      ),
    ),
  );
}

/** Plays calls as the functions do: the log, and at the start and the end the list of conversations. */
async function play(fixture: Fixture, names: readonly ShortName[], call: CallShape): Promise<void> {
  await inParallel(names, CALLS_AT_ONCE, async (name) => {
    const events = [...playedCall(name, call)];
    const [first, last] = [events[0], events.at(-1)];
    if (first !== undefined) await patiently(() => fixture.index.note(first));
    await appendAll(fixture.eventLog, events, 1);
    if (last !== undefined) await patiently(() => fixture.index.note(last));
  });
}

export const reportsOf = (children: readonly DesktopsProcess[]) =>
  Promise.all(children.map((child) => child.report()));

/** What the nodes did meanwhile, and how long it took. */
async function taken(fixture: Fixture, act: () => Promise<void>): Promise<Taken> {
  const look = () => Promise.all(fixture.cluster.nodes.map((node) => statisticsOf(node)));
  const [startedAt, before] = [performance.now(), await look()];
  await act();
  const after: NodeStatistics[] = await look();
  return { before, after, seconds: (performance.now() - startedAt) / 1_000 };
}
