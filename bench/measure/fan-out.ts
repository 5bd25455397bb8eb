// (c) How fast one event reaches many desktops of a conversation.
import { setTimeout as sleep } from 'node:timers/promises';
import { socketIoFrame } from '../../relay/socketio/frame.ts';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import { historySettings, readConfig } from '../../shared/config.ts';
import { type AgentAssistEvent, decodeEvent } from '../../shared/event.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import { conversationName, KIND, PROJECT, publishedMessage } from '../event-source.ts';
import { FLOOR_CHANNEL } from '../floor/channel.ts';
import { socketIoUrl, startViewers, type Viewers } from '../viewers.ts';
import type { World } from '../world.ts';

const VIEWERS = 200;
/** Events under way: enough to keep the server busy, few enough to keep what waits for a viewer small. */
const IN_FLIGHT = 4;
const ARRIVAL_LIMIT_MS = 5_000;

export function fanOut(
  world: World,
  { warmUpMs, measureMs }: { warmUpMs: number; measureMs: number },
): Benchmark {
  return {
    key: 'c',
    metrics: [
      { title: `deliveries/s of one event to ${VIEWERS} viewers`, digits: 0, target: { atLeast: 0.8 } },
    ],

    async measure(side) {
      await world.reset();
      const cleanup = createCleanup();
      try {
        const viewers = await startViewers(world.env);
        const publish = await startServer(world, side, viewers, cleanup.add);
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
  side: Side,
  viewers: Viewers,
  onStop: (stop: () => Promise<void>) => void,
): Promise<(index: number) => Promise<unknown>> {
  if (side === 'floor') {
    const server = await world.startFloor(world.workspace.webSocketServer);
    onStop(server.stop);
    await viewers.connect({ url: `ws://127.0.0.1:${server.port}`, viewers: Array(VIEWERS).fill(null) });
    return (index) => world.redis.publish(FLOOR_CHANNEL, sentText(event(index)));
  }
  const relay = await world.startRelay();
  onStop(relay.stop);
  const desktops = Array.from({ length: VIEWERS }, () => ({
    token: world.issueToken(),
    conversation: conversationName(0),
  }));
  await viewers.connect({ url: socketIoUrl(relay.port), viewers: desktops });
  const eventLog = createEventLog(world.redis, readConfig(historySettings, {}));
  return (index) => eventLog.append(event(index));
}

function event(index: number): AgentAssistEvent {
  const conversation = conversationName(0);
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

/** What the relay sends to a desktop for this event: the floor sends the same. */
function sentText({ kind, messageId, json }: AgentAssistEvent): string {
  const position = { epoch: 'Zm9vYmFy', offset: 1_000, tag: 'Zm9vYg' };
  return `4${socketIoFrame({ type: 'event', position, previousTag: position.tag, kind, messageId, json }).packet}`;
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
