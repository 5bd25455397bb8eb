// (n, o) What a delivery costs a relay with many conversations, compared with a relay with 100.
import { setTimeout as sleep } from 'node:timers/promises';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import { historySettings, readConfig } from '../../shared/config.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import type { Benchmark } from '../benchmark.ts';
import { eventOf } from '../call-events.ts';
import { conversationNames, KIND, publishedMessage } from '../event-source.ts';
import { socketIoUrl, startViewers } from '../viewers.ts';
import type { World } from '../world.ts';

const FEW = 100;
const TARGET = { atMost: 1.15 };
/** Deliveries before the measurement, in which the code becomes fast. */
const WARM_UP = 9_000;
const IN_FLIGHT = 4;
const ARRIVAL_LIMIT_MS = 60_000;
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0';
/** The heap of a container with 1 GiB. */
const NODE_ARGUMENTS = ['--max-heap-size=512'];

export function manyConversations(world: World, counts: Readonly<Record<'n' | 'o', number>>): Benchmark[] {
  return Object.entries(counts).map(([key, count]) => ({
    key,
    metrics: [
      {
        title: `CPU of a delivery with ${count.toLocaleString('en-US')} conversations, to ${FEW}, µs`,
        digits: 0,
        target: TARGET,
      },
    ],
    measure: async (side) => [await measureCost(world, side === 'floor' ? FEW : count)],
  }));
}

/** Each conversation has a desktop of its own. */
async function measureCost(world: World, count: number): Promise<number> {
  await world.reset();
  const cleanup = createCleanup();
  try {
    const relay = await world.startRelay(NODE_ARGUMENTS);
    cleanup.add(relay.stop);
    const viewers = await startViewers(world.env);
    cleanup.add(viewers.stop);
    const names = conversationNames(count);
    const desktops = names.map((name) => ({
      token: world.issueToken(),
      conversations: [name],
      userAgent: USER_AGENT,
    }));
    // In parts, each of which is answered within the time that a child has for an answer.
    for (let start = 0; start < count; start += 1_000) {
      await viewers.connect({ url: socketIoUrl(relay.port), viewers: desktops.slice(start, start + 1_000) });
    }
    const eventLog = createEventLog(world.redis, readConfig(historySettings, {}));
    let rounds = 0;
    let delivered = 0;
    viewers.onDelivered((events) => {
      delivered = events;
    });
    /** An event in each conversation, so often that there are as many deliveries for any count. */
    const deliver = async () => {
      const turns = Math.ceil(WARM_UP / count);
      const rest = Array.from({ length: turns }, () => names)
        .flat()
        .values();
      await Promise.all(
        Array.from({ length: IN_FLIGHT }, async () => {
          for (const name of rest) await eventLog.append(eventOf(KIND, publishedMessage(name)));
        }),
      );
      rounds += turns;
      const deadline = performance.now() + ARRIVAL_LIMIT_MS;
      while (delivered < rounds) {
        if (performance.now() > deadline) throw new Error('not every event was delivered');
        await sleep(10);
      }
      return turns * count;
    };
    await deliver();
    const before = await relay.cpuMicros();
    const deliveries = await deliver();
    return ((await relay.cpuMicros()) - before) / deliveries;
  } finally {
    await cleanup.run();
  }
}
