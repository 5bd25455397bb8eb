// (p) What metrics cost a relay: the floor is the same relay without them.
import { setTimeout as sleep } from 'node:timers/promises';
import { createCleanup } from '../../scripts/local/cleanup.ts';
import { freePort } from '../../scripts/local/free-port.ts';
import { historySettings, readConfig } from '../../shared/config.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import type { Benchmark } from '../benchmark.ts';
import { conversationName } from '../event-source.ts';
import { socketIoUrl, startViewers } from '../viewers.ts';
import type { World } from '../world.ts';
import { makeEvent } from './fan-out.ts';

const IN_FLIGHT = 8;
/** The first scrape compiles what the later ones use, and a relay is scraped for days. */
const WARM_UP_SCRAPES = 10;
const ARRIVAL_LIMIT_MS = 10_000;

/** Each event goes to one desktop, as most do. So its delay is observed as often as an event is delivered. */
export function metricsCost(world: World, { warmUp, events }: { warmUp: number; events: number }): Benchmark {
  return {
    key: 'p',
    metrics: [
      { title: 'processor time of a relay with metrics, µs an event', digits: 1, target: { atMost: 1.03 } },
    ],

    async measure(side) {
      await world.reset();
      const cleanup = createCleanup();
      try {
        const viewers = await startViewers(world.env);
        const port = side === 'product' ? await freePort() : undefined;
        const relay = await world.startRelay([], port === undefined ? {} : { METRICS_PORT: String(port) });
        cleanup.add(relay.stop);
        cleanup.add(viewers.stop);
        let delivered = 0;
        viewers.onDelivered((count) => {
          delivered = count;
        });
        const conversation = conversationName(0);
        const desktop = { token: world.issueToken(), conversations: [conversation] };
        await viewers.connect({ url: socketIoUrl(relay.port), viewers: [desktop] });
        const eventLog = createEventLog(world.redis, readConfig(historySettings, {}));
        let published = 0;
        const publish = async (count: number) => {
          const rest = Array.from({ length: count }).values();
          const senders = Array.from({ length: IN_FLIGHT }, async () => {
            for (const _ of rest) await eventLog.append(makeEvent(conversation, ++published));
          });
          await Promise.all(senders);
          const deadline = performance.now() + ARRIVAL_LIMIT_MS;
          while (delivered < published && performance.now() < deadline) await sleep(10);
          if (delivered !== published) throw new Error(`${delivered} of ${published} events were delivered`);
        };

        const scrape = async () => {
          if (port !== undefined) await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        };

        await publish(warmUp);
        for (let count = 0; count < WARM_UP_SCRAPES; count++) await scrape();
        const before = await relay.cpuMicros();
        await publish(events);
        // The sidecar comes every 30 s, in which a busy relay delivers more events than are measured here.
        await scrape();
        return [((await relay.cpuMicros()) - before) / events];
      } finally {
        await cleanup.run();
      }
    },
  };
}
