import { createServer } from 'node:http';
import { originCheck } from '../../../relay/http/browsers/origin-check.ts';
import { HTTP_LIMITS } from '../../../relay/http/limits.ts';
import { PendingConnections } from '../../../relay/rate-limits/pending-connections.ts';
import { SESSION_LIMITS, type SessionLimits } from '../../../relay/session/limits.ts';
import { routeUpgrades } from '../../../relay/upgrade.ts';
import { WEBSOCKET_LIMITS, type WebSocketLimits } from '../../../relay/websocket/limits.ts';
import { createNativeServer, type NativeServerDeps } from '../../../relay/websocket/server.ts';
import { listen } from '../../helpers/listen.ts';
import { openAccess } from '../../helpers/open-access.ts';

export interface NativeTestServer {
  url: string;
  /** Takes no more connections; resolves once the open ones have ended, and rejects when they do not. */
  close(): Promise<void>;
}

const CLOSE_LIMIT_MS = 30_000;

/** The native protocol on a server of its own, for what a relay does not let a test choose. */
export async function startNativeServer(
  deps: Pick<NativeServerDeps, 'project' | 'tokens' | 'hub' | 'logger'>,
  limits: Partial<SessionLimits & WebSocketLimits> = {},
): Promise<NativeTestServer> {
  const server = createServer();
  server.unref(); // a test that fails before it closes the server must not keep its file running
  const pendingConnections = new PendingConnections(HTTP_LIMITS.pendingConnectionsMax);
  const native = createNativeServer({
    ...openAccess(),
    ...deps,
    pendingConnections,
    rateLimiter: undefined,
    limits: { ...SESSION_LIMITS, ...limits },
    webSocketLimits: { ...WEBSOCKET_LIMITS, ...limits },
  });
  routeUpgrades(server, native, {
    isAllowedOrigin: originCheck(undefined),
    isDraining: () => false,
    pendingConnections,
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('a connection stays open')), CLOSE_LIMIT_MS);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
