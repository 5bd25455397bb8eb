import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { RedisHealth } from '../redis-health/redis-health.ts';
import type { Session } from '../session/session.ts';

/** What a scrape looks at. */
export interface Observed {
  /** The open connections of desktops. */
  sessions: Record<'native' | 'socketio', () => Iterable<Pick<Session, 'subscriptions'>>>;
  /** Conversations that this relay follows. */
  conversations: () => number;
  redis: Pick<RedisHealth, 'state' | 'memoryUsedRatio'>;
}

/** Adds what only a scrape looks at, and what the process tells of itself. */
export function addLookedAt(registry: Registry, { sessions, conversations, redis }: Observed): void {
  const registers = [registry];
  new Gauge({
    name: 'agent_assist_connections',
    help: 'Open connections of desktops.',
    labelNames: ['protocol'],
    registers,
    collect() {
      for (const [protocol, open] of Object.entries(sessions)) this.set({ protocol }, [...open()].length);
    },
  });
  new Gauge({
    name: 'agent_assist_joins_in_flight',
    help: 'Joins that desktops have asked for and that are not answered yet.',
    registers,
    collect() {
      const open = Object.values(sessions).flatMap((of) => [...of()]);
      this.set(open.reduce((sum, { subscriptions }) => sum + unanswered(subscriptions.values()), 0));
    },
  });
  new Gauge({
    name: 'agent_assist_conversations',
    help: 'Conversations that this relay follows.',
    registers,
    collect() {
      this.set(conversations());
    },
  });
  new Gauge({
    name: 'agent_assist_redis_read_only',
    help: 'Whether Redis is a replica and refuses writes. Absent while it does not answer.',
    registers,
    collect() {
      const { fault } = redis.state();
      if (fault === 'unreachable') this.remove();
      else this.set(fault === 'read-only' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'agent_assist_redis_memory_used_ratio',
    help: 'Memory that Redis uses, of what it may. Absent where Redis does not tell.',
    registers,
    async collect() {
      const ratio = await redis.memoryUsedRatio();
      if (ratio === undefined) this.remove();
      else this.set(ratio);
    },
  });
  collectDefaultMetrics({ register: registry });
}

function unanswered(subscriptions: Iterable<{ readonly isAnswered: boolean }>): number {
  return [...subscriptions].filter(({ isAnswered }) => !isAnswered).length;
}
