// (a, h) How many events a second one function process takes.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from '../benchmark.ts';
import { CallSource, conversationNames, EventSource } from '../event-source.ts';
import { HttpConnection } from '../http-client.ts';
import type { FunctionName, World } from '../world.ts';

/** Requests under way at any time; each has a connection. */
const IN_FLIGHT = 64;
/** Conversations that are talking at once. */
const CONVERSATIONS = 200;

interface Times {
  warmUpMs: number;
  measureMs: number;
}

type Source = Pick<EventSource, 'next' | 'count'>;

export function throughput(world: World, times: Times): Benchmark {
  return {
    key: 'a',
    metrics: [{ title: 'events/s of one function, 64 in flight', digits: 0, target: { atLeast: 0.88 } }],
    measure: (side) => measureRate(world, side, new EventSource(conversationNames(CONVERSATIONS)), times),
  };
}

/** What the list of conversations costs a function. The floor is the same function without it. */
export function listing(world: World, times: Times): Benchmark {
  return {
    key: 'h',
    metrics: [{ title: 'events/s of one function, calls that begin', digits: 0, target: { atLeast: 0.97 } }],
    measure: (side) =>
      measureRate(world, side === 'floor' ? 'unlisted' : side, new CallSource(CONVERSATIONS), times),
  };
}

async function measureRate(
  world: World,
  which: FunctionName,
  source: Source,
  { warmUpMs, measureMs }: Times,
): Promise<number[]> {
  await world.reset();
  const server = await world.startFunction(which);
  try {
    const load = await startLoad(server.port, source);
    await sleep(warmUpMs);
    const [startedAt, before] = [performance.now(), load.taken()];
    await sleep(measureMs);
    const rate = ((load.taken() - before) / (performance.now() - startedAt)) * 1_000;
    await load.stop();
    // A function also answers 204 to an event that it drops.
    const published = await world.published();
    if (published !== source.count) throw new Error(`${published} of ${source.count} events were published`);
    return [rate];
  } finally {
    await server.stop();
  }
}

/** Sends event after event on every connection, the next when the last is taken. */
async function startLoad(port: number, source: Source) {
  let taken = 0;
  let isStopped = false;
  const connections = await Promise.all(Array.from({ length: IN_FLIGHT }, () => HttpConnection.open(port)));
  const senders = Promise.all(
    connections.map(async (connection) => {
      while (!isStopped) {
        await connection.post(source.next().request);
        taken++;
      }
    }),
  );
  senders.catch(() => {}); // is reported by `stop`
  return {
    taken: () => taken,
    /** Rejects when a request has failed; else resolves when all have been answered. */
    async stop() {
      isStopped = true;
      await senders.finally(() => {
        for (const connection of connections) connection.close();
      });
    },
  };
}
