// (l, m) How long 1,000 desktops take to be back, with what they missed, when their relay dies or is replaced.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import { historySettings, readConfig } from '../../shared/config.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import { eventOf } from '../call-events.ts';
import { conversationName, KIND, publishedMessage } from '../event-source.ts';
import { startNode } from '../node-process.ts';
import type { ReturningMessage, ReturningRequest } from '../returning-desktops-process.ts';
import { quantile } from '../statistics.ts';
import { socketIoUrl } from '../viewers.ts';
import type { World } from '../world.ts';

/** Three seconds, and the longest pause of a desktop before it connects again. */
const TARGET = { figureAtMost: 4.5 };
const LIMIT_MS = 60_000;
const SCRIPT = fileURLToPath(new URL('../returning-desktops-process.ts', import.meta.url));

interface Loss {
  key: string;
  title: string;
  signal: NodeJS.Signals;
}

const LOSSES: readonly Loss[] = [
  { key: 'l', title: 'desktops back after their relay died', signal: 'SIGKILL' },
  { key: 'm', title: 'desktops back after the drain of a deploy', signal: 'SIGTERM' },
];

export function recoveries(world: World, { desktops }: { desktops: number }): Benchmark[] {
  return LOSSES.map(({ key, title, signal }) => ({
    key,
    metrics: ['p50', 'p99'].map((share) => ({
      title: `${desktops} ${title}, ${share}, s`,
      digits: 2,
      target: TARGET,
    })),
    measure: (side) => measureReturn(world, side, signal, desktops),
  }));
}

async function measureReturn(
  world: World,
  side: Side,
  signal: NodeJS.Signals,
  count: number,
): Promise<number[]> {
  await world.reset();
  const cleanup = createCleanup();
  try {
    const start = () =>
      side === 'product' ? world.startRelay() : world.startFloor(world.workspace.socketIoServer);
    const first = await start();
    cleanup.add(first.stop);
    const second = await start();
    cleanup.add(second.stop);
    const desktops = startNode<ReturningMessage>({ name: 'the desktops', args: [SCRIPT], env: world.env });
    cleanup.add(desktops.stop);
    const names = Array.from({ length: count }, (_, index) => conversationName(index));
    const joined = desktops.answer('joined', LIMIT_MS);
    desktops.child.send({
      first: socketIoUrl(first.port),
      second: socketIoUrl(second.port),
      // The floor's server keeps nothing that a desktop could have missed.
      awaitsEvent: side === 'product',
      desktops: names.map((conversation) => ({ token: world.issueToken(), conversation })),
    } satisfies ReturningRequest);
    await joined;
    const back = desktops.answer('back', LIMIT_MS);
    first.kill(signal);
    if (side === 'product') await publishMissed(world, names);
    const { tookMs } = await back;
    return [0.5, 0.99].map((share) => quantile(tookMs, share) / 1_000);
  } finally {
    await cleanup.run();
  }
}

/** An event in each conversation, when nobody is there yet. */
async function publishMissed(world: World, names: readonly ReturnType<typeof conversationName>[]) {
  await sleep(100);
  const eventLog = createEventLog(world.redis, readConfig(historySettings, {}));
  for (const name of names) await eventLog.append(eventOf(KIND, publishedMessage(name)));
}
