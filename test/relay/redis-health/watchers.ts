import type { ShortName } from '../../../shared/conversation-name.ts';
import type { TestCluster } from '../../helpers/redis-cluster.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import type { RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';

/** A desktop of each kind in one conversation. */
export interface Watchers {
  /** Resolves when each of them has so many events, with the milliseconds that it took. */
  received(count: number, limitMs: number): Promise<number>;
  /** What each of them has received. */
  messageIds(): string[][];
}

/** Desktops that join by name, with a cursor, and on the native protocol. Rejects when one of them is not let in. */
export async function openWatchers(
  fixture: RelayFixture,
  relay: TestRelay,
  conversation: ShortName,
): Promise<Watchers> {
  const byName = await fixture.page(conversation, { relay, headers: { 'user-agent': 'Mozilla/5.0' } });
  const byCursor = await fixture.desktop({ relay });
  const [isIn] = await byCursor.join({ conversation, after: '0' });
  const native = await fixture.nativeDesktop({ relay });
  const { type } = await native.join(conversation, '0');
  if (isIn !== true || type !== 'joined') throw new Error(`the joins were answered ${isIn} and ${type}`);
  const all = [byName, byCursor, native];
  return {
    async received(count, limitMs) {
      const startedAt = Date.now();
      await until(
        () => all.every(({ events }) => events.length >= count),
        limitMs,
        `every desktop has ${count} events`,
      ).catch((error: Error) => {
        const [named, withCursor, overNative] = all.map(({ events }) => events.length);
        throw new Error(`${error.message}: by name ${named}, by cursor ${withCursor}, native ${overNative}`);
      });
      return Date.now() - startedAt;
    },
    messageIds: () => all.map((desktop) => desktop.messageIds()),
  };
}

/** What `GET /ready` answers. */
export async function readiness(
  url: string,
): Promise<{ status: number; redis: string | undefined; lost: readonly string[] }> {
  const response = await fetch(`${url}/ready`);
  const { redis, lost = [] } = (await response.json()) as { redis?: string; lost?: string[] };
  return { status: response.status, redis, lost };
}

/** With `yes` no replica takes the place of a primary that is gone: the test has the time that it needs before that. */
export async function forbidFailOver({ replicas }: TestCluster, value: 'yes' | 'no'): Promise<void> {
  await Promise.all(replicas.map(({ redis }) => redis.config('SET', 'cluster-replica-no-failover', value)));
}
