import type { FastifyInstance } from 'fastify';
import type { ConversationNames } from '../../../relay/http/conversation-name-store.ts';
import { createHttp, type HttpDeps } from '../../../relay/http/server.ts';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens, type Tokens } from '../../../relay/identity/tokens.ts';
import { createLogger } from '../../../shared/log.ts';

export const PROJECT = 'demo-project';
export const ORIGIN = 'https://desk.example.com';

export interface BuiltHttp {
  app: FastifyInstance;
  tokens: Tokens;
  /** A valid token. */
  token: string;
  /** What was stored, by integration key. */
  names: Map<string, string>;
  /** Every line that was logged. */
  lines: string[];
}

/** The REST side with everything behind it in memory; not listening. */
export async function buildHttp(overrides: Partial<HttpDeps> = {}): Promise<BuiltHttp> {
  const tokens = testTokens();
  const names = new Map<string, string>();
  const lines: string[] = [];
  const app = await createHttp({
    log: createLogger('relay', 'info', { write: (line) => lines.push(line) }),
    project: { id: PROJECT, number: '123456' },
    tokens,
    providers: { verify: async () => ({ subject: 'skip:anonymous' }) },
    appProvider: { verify: async () => undefined },
    conversationNames: namesIn(names),
    requireAccess: async () => undefined,
    audit: () => {},
    readiness: { isDraining: () => false, pingRedis: async () => 'PONG' },
    allowedOrigins: undefined,
    ...overrides,
  });
  return { app, tokens, token: tokens.issue('test:someone', 'someone'), names, lines };
}

/** Tokens that the built server honours, by a clock of one's own. */
export function testTokens(now = Date.now): Tokens {
  const key = signingKey('a key for tests, of more than 32 bytes');
  return createTokens({ projectId: PROJECT, lifetimeSeconds: 3600, keyRing: () => [key], now });
}

function namesIn(map: Map<string, string>): ConversationNames {
  return {
    set: async (key, name) => void map.set(key, name),
    get: async (key) => map.get(key),
    delete: async (key, name) => map.get(key) === name && map.delete(key),
  };
}
