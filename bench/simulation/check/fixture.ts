import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSigningKey } from '../../../relay/identity/rotation/key-source.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { createCleanup } from '../../../scripts/local/cleanup.ts';
import { createConversationIndex } from '../../../shared/conversation-index/conversation-index.ts';
import { createRedisClient } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { PROJECT } from '../../event-source.ts';
import { createWorkspace, type Workspace } from '../../workspace.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { type DesktopsProcess, type RelayProcess, startDesktops, startRelay } from './processes.ts';

/** A token, and its id as the relay's keys have it. */
export interface IssuedToken {
  token: string;
  tokenId: string;
}

/** A Redis Cluster, relays as they are deployed, and what writes events as the functions do. */
export interface Fixture {
  workspace: Workspace;
  cluster: Cluster;
  env: NodeJS.ProcessEnv;
  eventLog: ReturnType<typeof createEventLog>;
  index: ReturnType<typeof createConversationIndex>;
  issueToken(): IssuedToken;
  startRelay(): Promise<RelayProcess>;
  startDesktops(): DesktopsProcess;
  stop(): Promise<void>;
}

const KEY_BYTES = 48;
const TOKEN_SECONDS = 3_600;

export async function createFixture(primaries: number): Promise<Fixture> {
  const cleanup = createCleanup();
  try {
    const workspace = await createWorkspace();
    cleanup.add(workspace.remove);
    const cluster = await startCluster(primaries);
    cleanup.add(cluster.stop);
    const redis = createRedisClient(cluster.config);
    redis.on('error', () => {}); // it connects again, and what failed is repeated
    await redis.connect();
    cleanup.add(async () => redis.disconnect());
    const secret = async (name: string) => {
      const file = join(workspace.directory, name);
      await writeFile(file, randomBytes(KEY_BYTES).toString('base64url'), { mode: 0o600 });
      return file;
    };
    const keyFile = await secret('jwt_secret_key');
    const key = await readSigningKey(keyFile);
    const tokens = createTokens({ projectId: PROJECT, lifetimeSeconds: TOKEN_SECONDS, keyRing: () => [key] });
    const env = {
      PATH: process.env.PATH,
      // Twenty relays compile the same bundle.
      NODE_COMPILE_CACHE: join(workspace.directory, 'compiled'),
      NODE_ENV: 'production',
      REDISHOST: cluster.config.redisHost,
      REDISPORT: String(cluster.config.redisPort),
      REDIS_CLUSTER: 'true',
      GCP_PROJECT_ID: PROJECT,
      JWT_SECRET_KEY_PATH: keyFile,
      // As the deployment does. Without it no relay asks Redis for revocations.
      ADMIN_TOKEN_PATH: await secret('admin_token'),
    };
    return {
      workspace,
      cluster,
      env,
      eventLog: createEventLog(redis, { historySize: 1_000, historyTtlSeconds: 86_400 }),
      index: createConversationIndex(redis),
      issueToken: () => {
        const { token } = tokens.issue(`bench:${randomUUID()}`, 'agent@example.com');
        const verdict = tokens.verify(token);
        return { token, tokenId: verdict.valid ? verdict.claims.tokenId : '' };
      },
      startRelay: async () => {
        const relay = await startRelay(workspace.relay, workspace.preload, env);
        cleanup.add(relay.stop);
        return relay;
      },
      startDesktops: () => {
        const desktops = startDesktops({ PATH: process.env.PATH });
        cleanup.add(desktops.stop);
        return desktops;
      },
      stop: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
