import type { FastifyInstance } from 'fastify';
import { requireToken } from '../../../relay/http/authenticate.ts';
import { originCheck } from '../../../relay/http/browsers/origin-check.ts';
import { HTTP_LIMITS, type HttpLimits } from '../../../relay/http/limits.ts';
import type { RequestAccess } from '../../../relay/http/request-access.ts';
import type { RequestAudit } from '../../../relay/http/request-audit.ts';
import type { RequestLimits } from '../../../relay/http/request-limits.ts';
import { type Readiness, registerHealth } from '../../../relay/http/routes/health.ts';
import { registerRegister } from '../../../relay/http/routes/register.ts';
import { registerRegisterApp } from '../../../relay/http/routes/register-app.ts';
import { registerStatus } from '../../../relay/http/routes/status.ts';
import { createHttpServer } from '../../../relay/http/server.ts';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens, type Tokens } from '../../../relay/identity/tokens.ts';
import { registerConversationName } from '../../../relay/integration-keys/conversation-name.ts';
import type { ConversationNames } from '../../../relay/integration-keys/conversation-name-store.ts';
import type { ApplicationBody, IdentityProvider } from '../../../relay/providers/provider.ts';
import { PendingConnections } from '../../../relay/rate-limits/pending-connections.ts';
import { refusedRequests } from '../../../relay/refusals/refused-requests.ts';
import { createLogger, type Logger } from '../../../shared/log.ts';
import { NOWHERE } from '../../helpers/open-access.ts';

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

/** What a test may put in the place of what is in memory. */
export interface HttpParts {
  log: Logger;
  providers: IdentityProvider;
  appProvider: IdentityProvider<ApplicationBody>;
  conversationNames: ConversationNames;
  requireAccess: RequestAccess;
  audit: RequestAudit;
  limits: RequestLimits;
  readiness: Readiness;
  allowedOrigins: readonly string[] | undefined;
  connections: HttpLimits;
}

/** The REST side with everything behind it in memory; not listening. */
export async function buildHttp(parts: Partial<HttpParts> = {}): Promise<BuiltHttp> {
  const tokens = testTokens();
  const names = new Map<string, string>();
  const lines: string[] = [];
  const { connections = HTTP_LIMITS, audit = () => {}, limits } = parts;
  const app = await createHttpServer({
    logger: parts.log ?? createLogger('relay', 'info', { write: (line) => lines.push(line) }),
    projectId: PROJECT,
    allowedOrigins: parts.allowedOrigins,
    isAllowedOrigin: originCheck(parts.allowedOrigins),
    pendingConnections: new PendingConnections(connections.pendingConnectionsMax),
    refusedRequests: refusedRequests({ note: () => {} }, () => NOWHERE),
    limits: connections,
  });
  const registration = { tokens, audit, limits };
  registerStatus(app);
  registerHealth(
    app,
    parts.readiness ?? {
      isDraining: () => false,
      redisState: () => ({ fault: undefined, lost: [] }),
      pingRedis: async () => 'PONG',
    },
  );
  registerRegister(
    app,
    parts.providers ?? { verify: async () => ({ subject: 'skip:anonymous' }) },
    registration,
  );
  registerRegisterApp(app, parts.appProvider ?? { verify: async () => undefined }, registration);
  registerConversationName(app, {
    project: { id: PROJECT, number: '123456' },
    names: parts.conversationNames ?? namesIn(names),
    requireToken: requireToken({ tokens, audit, limits }),
    requireAccess: parts.requireAccess ?? (async () => undefined),
  });
  return { app, tokens, token: tokens.issue('test:someone', 'someone').token, names, lines };
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
