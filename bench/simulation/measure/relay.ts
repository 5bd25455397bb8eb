import { setTimeout as sleep } from 'node:timers/promises';
import { trialKey } from '../../../shared/keys.ts';
import { eventOf, interimOf, PARTICIPANT } from '../../call-events.ts';
import { conversationName } from '../../event-source.ts';
import { appendAll } from '../check/append.ts';
import { createFixture } from '../check/fixture.ts';
import { cpuMicros } from '../check/processes.ts';
import { cpu, round } from './redis.ts';

const DESKTOPS = 100;
const EVENTS_EACH = 40;
const COMMANDS = 5_000;
const AT_ONCE = 16;
const IDLE_MS = 5_000;
const PATIENCE_MS = 180_000;

/** What desktops cost a relay and its Redis. */
export async function measureRelay(rounds: number) {
  const fixture = await createFixture(1);
  const [redis] = fixture.cluster.nodes;
  if (redis === undefined) throw new Error('a cluster has a node');
  const used = async () => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
  try {
    const relay = await fixture.startRelay();
    await sleep(IDLE_MS / 2);
    let before = cpuMicros(relay.pid);
    await sleep(IDLE_MS);
    const idleMicrosPerSecond = Math.round((cpuMicros(relay.pid) - before) / (IDLE_MS / 1_000));

    const micros = {
      join: [] as number[],
      delivery: [] as number[],
      command: [] as number[],
      redis: [] as number[],
    };
    const joinBytes: number[] = [];
    let desktops = 0;
    for (let n = 0; n < rounds; n++) {
      const child = fixture.startDesktops();
      const names = Array.from({ length: DESKTOPS }, () => conversationName(desktops++));
      const start = names.map((conversation) => ({
        token: fixture.issueToken().token,
        conversation,
        relay: 0,
      }));
      before = cpuMicros(relay.pid);
      const usedBefore = await used();
      await child.start({ type: 'start', relays: [relay.url], desktops: start, parallel: 10 }, PATIENCE_MS);
      await sleep(1_000); // the counts of desktops are written
      micros.join.push((cpuMicros(relay.pid) - before) / DESKTOPS);
      joinBytes.push(((await used()) - usedBefore) / DESKTOPS);

      const attributes = { participant_id: PARTICIPANT, message_id: 'utterance-1' };
      const kind = 'new-recognition-result-notification-event';
      const events = Array.from({ length: EVENTS_EACH * DESKTOPS }, (_, index) =>
        eventOf(kind, interimOf(names[index % DESKTOPS] ?? conversationName(0)), { attributes }),
      );
      before = cpuMicros(relay.pid);
      const cpuBefore = await cpu(redis);
      await appendAll(fixture.eventLog, events, AT_ONCE);
      micros.redis.push(((await cpu(redis)) - cpuBefore) / (EVENTS_EACH * DESKTOPS));
      await sleep(500);
      micros.delivery.push((cpuMicros(relay.pid) - before) / (EVENTS_EACH * DESKTOPS));
      await child.stop();
      await sleep(2_500); // its conversations are not subscribed any more

      const commandsBefore = await cpu(redis);
      const keys = Array.from({ length: COMMANDS }, (_, index) => trialKey('bench', index % 100)).values();
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const key of keys) await redis.set(key, '', 'PX', 60_000).catch(() => {});
        }),
      );
      micros.command.push(((await cpu(redis)) - commandsBefore) / COMMANDS);
    }
    // The same events without a subscriber.
    const quiet = Array.from({ length: EVENTS_EACH * DESKTOPS }, (_, index) =>
      eventOf('new-recognition-result-notification-event', interimOf(conversationName(index % DESKTOPS)), {
        attributes: { participant_id: PARTICIPANT, message_id: 'utterance-1' },
      }),
    );
    const alone: number[] = [];
    for (let n = 0; n < 2; n++) {
      await redis.flushall();
      const cpuBefore = await cpu(redis);
      await appendAll(fixture.eventLog, quiet, AT_ONCE);
      alone.push(((await cpu(redis)) - cpuBefore) / quiet.length);
    }
    const clients = await redis.info('memory', 'clients');
    const number = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(clients)?.[1]);
    const smallest = (figures: readonly number[]) => round(Math.min(...figures));
    return {
      relay: {
        joinMicros: Math.round(Math.min(...micros.join)),
        deliveryMicros: smallest(micros.delivery),
        idleMicrosPerSecond,
        desktopBytes: DESKTOP_BYTES,
      },
      redis: {
        joinBytes: Math.round(Math.min(...joinBytes)),
        connectionBytes: Math.round(number('mem_clients_normal') / number('connected_clients')),
        commandMicros: smallest(micros.command),
        receiverMicros: round(Math.max(0, Math.min(...micros.redis) - Math.min(...alone))),
      },
    };
  } finally {
    await fixture.stop();
  }
}

/** Row e of docs/performance.md, which needs a collection of garbage in a relay of its own: `npm run bench -- --only=e`. */
const DESKTOP_BYTES = 33_500;
