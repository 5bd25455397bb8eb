// Desktops that do as they should while others attack the relay.
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { RedisFixture } from '../../helpers/redis-fixture.ts';
import type { RelayProcess } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';
import { residentMb, type Service } from './attacked-relay.ts';

/** How long they are watched, in milliseconds. */
export const WATCH_MS = process.env.TEST_LONG ? 20_000 : 3_000;
const PUBLISH_EVERY_MS = 25;
const ARRIVE_EVERY_MS = 250;
/**
 * An arrival that takes longer counts as refused, in milliseconds. Besides the short tests others run, which take the
 * processor from the relay.
 */
const ARRIVAL_MAX_MS = process.env.TEST_LONG ? 5_000 : 20_000;

/** One desktop stays and gets events. Others arrive and leave meanwhile. */
export async function watchDesktops(fixture: RedisFixture, relay: RelayProcess): Promise<Service> {
  const name = uniqueConversation();
  const desktop = await arrive(fixture, relay, name);
  const publishedAt = new Map<string, number>();
  const latencies: number[] = [];
  desktop.socket.on('new-message-event', ({ message_id }) => {
    latencies.push(performance.now() - (publishedAt.get(message_id) ?? 0));
  });
  const arrivals: number[] = [];
  let [refused, rssMb, isOver] = [0, 0, false];
  const arriving = (async () => {
    while (!isOver) {
      const beganAt = performance.now();
      await arrive(fixture, relay, name).then(
        (arrived) => arrived.close(),
        () => refused++,
      );
      const tookMs = performance.now() - beganAt;
      if (tookMs > ARRIVAL_MAX_MS) refused++;
      arrivals.push(tookMs);
      await sleep(ARRIVE_EVERY_MS);
    }
  })();
  const endsAt = performance.now() + WATCH_MS;
  for (let index = 0; performance.now() < endsAt; index++) {
    const messageId = `${index}`;
    publishedAt.set(messageId, performance.now());
    await fixture.publish(name, { messageId });
    rssMb = Math.max(rssMb, residentMb(relay.pid));
    await sleep(PUBLISH_EVERY_MS);
  }
  isOver = true;
  await arriving;
  await until(() => latencies.length === publishedAt.size);
  desktop.close();
  assert.ok(arrivals.length > 0);
  latencies.sort((a, b) => a - b);
  const p99Ms = Math.round(latencies[Math.floor(latencies.length * 0.99)] ?? 0);
  return { p99Ms, arrivalMs: Math.round(Math.max(...arrivals)), refused, rssMb };
}

/** A desktop that registers, connects and joins. */
async function arrive(fixture: RedisFixture, relay: RelayProcess, name: string): Promise<TestDesktop> {
  const signal = AbortSignal.timeout(20_000);
  const response = await fetch(`${relay.url}/register`, { method: 'POST', signal });
  const { token } = (await response.json()) as { token: string };
  const arrived = await fixture.keep(new TestDesktop(relay.url, token)).connected();
  assert.is((await arrived.join(name))[0], true);
  return arrived;
}
