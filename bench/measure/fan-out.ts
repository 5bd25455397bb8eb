// (c, f, g) How fast one event reaches many desktops of a conversation.
import { setTimeout as sleep } from 'node:timers/promises';
import { socketIoFrame } from '../../relay/socketio/frame.ts';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import { historySettings, readConfig } from '../../shared/config.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { type AgentAssistEvent, decodeEvent } from '../../shared/event.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { type Position, toCursor } from '../../shared/stream/position.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import type { Target } from '../comparison.ts';
import { conversationName, conversationNames, KIND, PROJECT, publishedMessage } from '../event-source.ts';
import { FLOOR_CHANNEL } from '../floor/channel.ts';
import { socketIoUrl, startViewers, type Viewers } from '../viewers.ts';
import type { World } from '../world.ts';

const VIEWERS = 200;
/** Events under way: enough to keep the server busy, few enough to keep what waits for a viewer small. */
const IN_FLIGHT = 4;
const ARRIVAL_LIMIT_MS = 5_000;

interface Audience {
  key: string;
  title: string;
  target: Target;
  /** The desktops' `User-Agent` header. Without one the relay proves their receipts by pings. */
  userAgent?: string;
  /** How many conversations each desktop has joined; they talk in turn. */
  conversations: number;
}

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0';

const AUDIENCES: readonly Audience[] = [
  {
    key: 'c',
    title: `deliveries/s of one event to ${VIEWERS} browsers`,
    target: { atLeast: 0.95 },
    userAgent: BROWSER,
    conversations: 1,
  },
  {
    key: 'f',
    title: `deliveries/s to ${VIEWERS} browsers with five conversations`,
    target: { atLeast: 0.95 },
    userAgent: BROWSER,
    conversations: 5,
  },
  {
    key: 'g',
    title: `deliveries/s to ${VIEWERS} clients with pings`,
    target: { atLeast: 0.95 },
    conversations: 1,
  },
];

export function fanOuts(world: World, times: FanOutTimes): Benchmark[] {
  return AUDIENCES.map((audience) => fanOut(world, audience, times));
}

interface FanOutTimes {
  warmUpMs: number;
  measureMs: number;
}

function fanOut(world: World, audience: Audience, { warmUpMs, measureMs }: FanOutTimes): Benchmark {
  const { key, title, target } = audience;
  return {
    key,
    metrics: [{ title, digits: 0, target }],

    async measure(side) {
      await world.reset();
      const cleanup = createCleanup();
      try {
        const viewers = await startViewers(world.env);
        const publish = await startServer(world, audience, side, viewers, cleanup.add);
        // Added last to be stopped first: viewers that lose their server complain.
        cleanup.add(viewers.stop);
        const load = startLoad(publish, viewers);
        await sleep(warmUpMs);
        const [startedAt, before] = [performance.now(), load.delivered()];
        await sleep(measureMs);
        const events = load.delivered() - before;
        const seconds = (performance.now() - startedAt) / 1_000;
        await load.stop();
        return [(events * VIEWERS) / seconds];
      } finally {
        await cleanup.run();
      }
    },
  };
}

/** Starts a server and lets the viewers in; resolves with what publishes an event to them. */
async function startServer(
  world: World,
  { userAgent, conversations }: Audience,
  side: Side,
  viewers: Viewers,
  onStop: (stop: () => Promise<void>) => void,
): Promise<(index: number) => Promise<unknown>> {
  const names = conversationNames(conversations);
  const eventOf = (index: number) => makeEvent(names[index % conversations] ?? conversationName(0), index);
  if (side === 'floor') {
    const { webSocketServer, pingingWebSocketServer } = world.workspace;
    const server = await world.startFloor(userAgent === undefined ? pingingWebSocketServer : webSocketServer);
    onStop(server.stop);
    await viewers.connect({ url: `ws://127.0.0.1:${server.port}`, viewers: Array(VIEWERS).fill(null) });
    const offset = userAgent === undefined ? '' : offsetOf(conversations);
    return (index) => world.redis.publish(FLOOR_CHANNEL, sentText(eventOf(index), offset));
  }
  const relay = await world.startRelay();
  onStop(relay.stop);
  const desktops = Array.from({ length: VIEWERS }, () => ({
    token: world.issueToken(),
    conversations: names,
    ...(userAgent === undefined ? {} : { userAgent }),
  }));
  await viewers.connect({ url: socketIoUrl(relay.port), viewers: desktops });
  const eventLog = createEventLog(world.redis, readConfig(historySettings, {}));
  return (index) => eventLog.append(eventOf(index));
}

/** @param index makes its id, so that no two events are the same. */
export function makeEvent(conversation: ShortName, index: number): AgentAssistEvent {
  const message = {
    data: Buffer.from(publishedMessage(conversation)).toString('base64'),
    messageId: `2${String(index).padStart(16, '0')}`,
    publishTime: '2026-03-12T09:15:41.455Z',
  };
  return decodeEvent(KIND, message, {
    project: { id: PROJECT },
    maxBytes: 1024 * 1024,
    now: new Date(),
    fallback: {},
  });
}

/** As long as the relay's own. */
const POSITION: Position = { epoch: 'Zm9vYmFy', offset: 1_000, tag: 'Zm9vYg' };

/** Is as long as the last argument of an event for a browser that has joined so many conversations. */
function offsetOf(conversations: number): string {
  return Array(conversations)
    .fill(`Zm9vYg.${toCursor(POSITION)}`)
    .join(',');
}

/** What the relay sends to a desktop for this event: the floor sends the same. */
function sentText({ kind, messageId, json }: AgentAssistEvent, offset: string): string {
  const message = {
    type: 'event',
    position: POSITION,
    previousTag: POSITION.tag,
    kind,
    messageId,
    json,
  } as const;
  return `4${socketIoFrame(message, offset).packet}`;
}

/** Publishes an event whenever one has reached every viewer. */
function startLoad(publish: (index: number) => Promise<unknown>, viewers: Viewers) {
  let published = 0;
  let delivered = 0;
  let isStopped = false;
  let failure: unknown;
  const fill = () => {
    while (!isStopped && published - delivered < IN_FLIGHT) {
      publish(++published).catch((error: unknown) => {
        failure = error;
      });
    }
  };
  viewers.onDelivered((events) => {
    delivered = events;
    fill();
  });
  fill();
  return {
    delivered: () => delivered,
    /** Rejects when an event could not be published, or has not reached every viewer. */
    async stop() {
      isStopped = true;
      const deadline = performance.now() + ARRIVAL_LIMIT_MS;
      while (delivered < published && failure === undefined && performance.now() < deadline) await sleep(10);
      if (failure !== undefined) throw failure;
      if (delivered !== published)
        throw new Error(`${delivered} of ${published} events reached every viewer`);
    },
  };
}
