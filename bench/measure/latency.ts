// (b) How long an event takes from its publishing to a desktop, at a steady rate.
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import { conversationName, EventSource, KIND } from '../event-source.ts';
import { HttpConnection } from '../http-client.ts';
import { quantile } from '../statistics.ts';
import type { World } from '../world.ts';

const EVENTS_PER_SECOND = 100;
const TARGET = { atMost: 1.5 };
/** How long the last events may take to arrive, in milliseconds. */
const ARRIVAL_LIMIT_MS = 5_000;
/** Connections of the warm-up, which runs as fast as it can. */
const WARM_UP_CONNECTIONS = 4;

export function latency(
  world: World,
  { warmUpEvents, measureMs }: { warmUpEvents: number; measureMs: number },
): Benchmark {
  return {
    key: 'b',
    metrics: [
      { title: 'publish to desktop at 100 events/s, p50, ms', digits: 2, target: TARGET },
      { title: 'publish to desktop at 100 events/s, p99, ms', digits: 2, target: TARGET },
    ],

    async measure(side) {
      await world.reset();
      const cleanup = createCleanup();
      try {
        const conversation = conversationName(0);
        const source = new EventSource([conversation]);
        const arrivals = new Arrivals();
        const port = await startPath(world, side, conversation, arrivals, cleanup.add);
        const poster = new Poster(port, source, arrivals);
        cleanup.add(async () => poster.close());

        await poster.postAll(warmUpEvents, WARM_UP_CONNECTIONS);
        await arrivals.all();
        arrivals.clear();
        await poster.postAtRate(EVENTS_PER_SECOND, measureMs);
        const times = await arrivals.all();
        return [quantile(times, 0.5), quantile(times, 0.99)];
      } finally {
        await cleanup.run();
      }
    },
  };
}

/** Starts all that an event passes; resolves with the port to post it to. */
async function startPath(
  world: World,
  side: Side,
  conversation: ShortName,
  arrivals: Arrivals,
  onStop: (stop: () => Promise<void>) => void,
): Promise<number> {
  if (side === 'floor') {
    const publisher = await world.startFloor(world.workspace.httpPublisher);
    onStop(publisher.stop);
    const server = await world.startFloor(world.workspace.webSocketServer);
    onStop(server.stop);
    onStop(
      await connectWebSocket(server.port, (text) => arrivals.add(/"messageId":"(\d+)"/.exec(text)?.[1])),
    );
    return publisher.port;
  }
  const receiver = await world.startFunction('product');
  onStop(receiver.stop);
  const relay = await world.startRelay();
  onStop(relay.stop);
  onStop(await connectDesktop(relay.port, world.issueToken(), conversation, (id) => arrivals.add(id)));
  return receiver.port;
}

async function connectWebSocket(port: number, onText: (text: string) => void): Promise<() => Promise<void>> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  socket.on('message', (data) => onText(data.toString()));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return async () => socket.terminate();
}

async function connectDesktop(
  port: number,
  token: string,
  conversation: ShortName,
  onEvent: (id: string) => void,
): Promise<() => Promise<void>> {
  const url = `http://127.0.0.1:${port}`;
  const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
  socket.on(KIND, (event: { message_id: string }) => onEvent(event.message_id));
  await new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('connect_error', reject);
  });
  await socket.timeout(ARRIVAL_LIMIT_MS).emitWithAck('join-conversation', conversation);
  return async () => {
    socket.close();
  };
}

/** When events were posted, and how long they took to arrive. */
class Arrivals {
  readonly #postedAt = new Map<string, number>();
  #times: number[] = [];

  posted(id: string): void {
    this.#postedAt.set(id, performance.now());
  }

  add(id: string | undefined): void {
    const postedAt = this.#postedAt.get(id ?? '');
    if (id === undefined || postedAt === undefined) throw new Error('an event arrived that is not under way');
    this.#postedAt.delete(id);
    this.#times.push(performance.now() - postedAt);
  }

  clear(): void {
    this.#times = [];
  }

  /** The times in milliseconds, when nothing is under way any more. */
  async all(): Promise<readonly number[]> {
    const deadline = performance.now() + ARRIVAL_LIMIT_MS;
    while (this.#postedAt.size > 0) {
      if (performance.now() > deadline) throw new Error(`${this.#postedAt.size} events did not arrive`);
      await sleep(10);
    }
    return this.#times;
  }
}

/** Posts events; one that is not answered yet does not keep the next from being posted. */
class Poster {
  readonly #port: number;
  readonly #source: EventSource;
  readonly #arrivals: Arrivals;
  readonly #idle: HttpConnection[] = [];

  constructor(port: number, source: EventSource, arrivals: Arrivals) {
    this.#port = port;
    this.#source = source;
    this.#arrivals = arrivals;
  }

  async postAll(count: number, connections: number): Promise<void> {
    const rest = Array.from({ length: count }).values();
    await Promise.all(
      Array.from({ length: connections }, async () => {
        for (const _ of rest) await this.#post();
      }),
    );
  }

  async postAtRate(perSecond: number, durationMs: number): Promise<void> {
    const startedAt = performance.now();
    const posts = Array.from({ length: (durationMs / 1_000) * perSecond }, async (_, index) => {
      await sleep(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
      await this.#post();
    });
    await Promise.all(posts);
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
  }

  async #post(): Promise<void> {
    const connection = this.#idle.pop() ?? (await HttpConnection.open(this.#port));
    const { id, request } = this.#source.next();
    this.#arrivals.posted(id);
    await connection.post(request);
    this.#idle.push(connection);
  }
}
