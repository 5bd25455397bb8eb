// (b, j, k) How long an event takes from its publishing to a desktop, at a steady rate.
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Benchmark, Metric, Side } from '../benchmark.ts';
import type { Target } from '../comparison.ts';
import { conversationName, EventSource, KIND } from '../event-source.ts';
import { quantile } from '../statistics.ts';
import type { World } from '../world.ts';
import { ARRIVAL_LIMIT_MS, Arrivals, Poster } from './poster.ts';

/** Connections of the warm-up, which runs as fast as it can. */
const WARM_UP_CONNECTIONS = 4;
/** How many events of fresh processes are measured (k), and how many of them come in a second. */
const FIRST = { events: 100, perSecond: 100 };

/** Events a second, and for how long they are measured in milliseconds. */
interface Rate {
  perSecond: number;
  measureMs: number;
}

interface LatencyOptions {
  warmUpEvents: number;
  rates: readonly Rate[];
  /** How often fresh processes are started in a round. */
  starts: number;
}

/** What receives the floor's events from Pub/Sub. */
type Front = 'framework' | 'bare-http';

export function latencies(world: World, options: LatencyOptions): Benchmark[] {
  const { warmUpEvents, rates, starts } = options;
  const rateOfOld = rates.find(({ perSecond }) => perSecond === 100) ?? { perSecond: 100, measureMs: 5_000 };
  return [
    warm(world, 'b', 'framework', rates, warmUpEvents, { atMost: 1.25 }),
    warm(world, 'j', 'bare-http', [rateOfOld], warmUpEvents, undefined),
    firstEvents(world, starts),
  ];
}

function metricsOf(what: string, target: Target | undefined): Metric[] {
  return ['p50', 'p99'].map((share) => ({ title: `${what}, ${share}, ms`, digits: 2, target }));
}

function warm(
  world: World,
  key: string,
  front: Front,
  rates: readonly Rate[],
  warmUpEvents: number,
  target: Target | undefined,
): Benchmark {
  const floor = front === 'framework' ? '' : ', the floor bare';
  return {
    key,
    metrics: rates.flatMap(({ perSecond }) =>
      metricsOf(`publish to desktop at ${perSecond} events/s${floor}`, target),
    ),

    measure: (side) =>
      onPath(world, side, front, async (poster, arrivals) => {
        const figures: number[] = [];
        for (const { perSecond, measureMs } of rates) {
          await poster.postAll(warmUpEvents, WARM_UP_CONNECTIONS);
          await arrivals.all();
          arrivals.clear();
          await poster.postAtRate(perSecond, measureMs);
          const times = await arrivals.all();
          figures.push(quantile(times, 0.5), quantile(times, 0.99));
        }
        return figures;
      }),
  };
}

/** The first events of a function and a relay that have just started, with the desktop joined. */
function firstEvents(world: World, starts: number): Benchmark {
  return {
    key: 'k',
    metrics: metricsOf(`the first ${FIRST.events} events of fresh processes`, { atMost: 1.5 }),

    async measure(side) {
      const all: number[] = [];
      for (let start = 0; start < starts; start++) {
        await onPath(world, side, 'framework', async (poster, arrivals) => {
          await poster.postAtRate(FIRST.perSecond, (FIRST.events / FIRST.perSecond) * 1_000);
          all.push(...(await arrivals.all()));
        });
      }
      return [quantile(all, 0.5), quantile(all, 0.99)];
    },
  };
}

/** Starts all that an event passes, a desktop at the end of it, and ends it when the measurement is over. */
async function onPath<T>(
  world: World,
  side: Side,
  front: Front,
  measure: (poster: Poster, arrivals: Arrivals) => Promise<T>,
): Promise<T> {
  await world.reset();
  const cleanup = createCleanup();
  try {
    const conversation = conversationName(0);
    const source = new EventSource([conversation]);
    const arrivals = new Arrivals();
    const port = await startPath(world, side, front, conversation, arrivals, cleanup.add);
    const poster = new Poster(port, source, arrivals);
    cleanup.add(async () => poster.close());
    return await measure(poster, arrivals);
  } finally {
    await cleanup.run();
  }
}

/** Resolves with the port to post events to. */
async function startPath(
  world: World,
  side: Side,
  front: Front,
  conversation: ShortName,
  arrivals: Arrivals,
  onStop: (stop: () => Promise<void>) => void,
): Promise<number> {
  if (side === 'floor') {
    const { httpPublisher, webSocketServer } = world.workspace;
    const isBare = front === 'bare-http';
    const publisher = await (isBare ? world.startFloor(httpPublisher) : world.startFunction('floor'));
    onStop(publisher.stop);
    const server = await world.startFloor(webSocketServer);
    onStop(server.stop);
    const id = isBare ? /"messageId":"(\d+)"/ : /^(\d+) /;
    onStop(await connectWebSocket(server.port, (text) => arrivals.add(id.exec(text)?.[1])));
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
