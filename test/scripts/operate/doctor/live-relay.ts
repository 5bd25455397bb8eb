// A relay on loopback that stands for the deployed one, and a shortcut for what lies between a topic and its Redis.
import { signingKey } from '../../../../relay/identity/signing-key.ts';
import { decodeEvent, type EventKind } from '../../../../shared/event.ts';
import { createRedisClient } from '../../../../shared/redis.ts';
import { createEventLog } from '../../../../shared/stream/event-log.ts';
import { startTestRedis } from '../../../helpers/redis.ts';
import { startRelay } from '../../../helpers/relay.ts';

export interface LiveRelay {
  url: string;
  /** Takes what was published, as the kind's function would. */
  take(kind: EventKind, json: string, messageId: string): Promise<void>;
  /** Ends Redis under the running relay. */
  stopRedis(): Promise<void>;
  close(): Promise<void>;
}

/** @param key the text of its signing key */
export async function startLiveRelay(
  project: string,
  key: string,
  env: Record<string, string> = {},
): Promise<LiveRelay> {
  const redis = await startTestRedis();
  const ring = [signingKey(key)] as const;
  const settings = { GCP_PROJECT_ID: project, ...env };
  const relay = await startRelay(redis, { settings, keyRing: () => ring });
  const connection = createRedisClient(redis.redisConfig);
  connection.on('error', () => {});
  await connection.connect();
  const log = createEventLog(connection, { historySize: 100, historyTtlSeconds: 600 });
  return {
    url: relay.url,
    async take(kind, json, messageId) {
      await log.append(
        decodeEvent(
          kind,
          { data: Buffer.from(json).toString('base64'), messageId },
          { project: { id: project }, maxBytes: 65_536, now: new Date(), fallback: {} },
        ),
      );
    },
    stopRedis: () => redis.stop(),
    async close() {
      connection.disconnect();
      await relay.close();
      await redis.stop();
    },
  };
}
