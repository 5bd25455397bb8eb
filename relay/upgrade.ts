import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { OriginCheck } from './http/origins.ts';
import { refuseUpgrade } from './http/refuse-upgrade.ts';
import type { PendingConnections } from './rate-limits/pending-connections.ts';
import { SOCKET_IO_PATH } from './socketio/server.ts';
import { NATIVE_PATH, type NativeServer } from './websocket/server.ts';

export interface UpgradeDeps {
  isAllowedOrigin: OriginCheck;
  isDraining(): boolean;
  pendingConnections: Pick<PendingConnections, 'add'>;
}

/**
 * Gives each upgrade to WebSocket to its owner. Socket.IO listens for its own path itself; an upgrade that nobody
 * takes is answered, because its connection would otherwise stay open for ever.
 */
export function routeUpgrades(server: Server, native: NativeServer, deps: UpgradeDeps): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Again, for one that has carried an answered request before.
    deps.pendingConnections.add(socket, () => socket.destroy());
    const path = request.url?.split('?')[0];
    if (path?.startsWith(SOCKET_IO_PATH)) return;
    if (path !== NATIVE_PATH) {
      refuseUpgrade(request, socket, '404 Not Found', 'Not found.');
    } else if (deps.isDraining()) {
      refuseUpgrade(request, socket, '503 Service Unavailable', 'The relay is shutting down.');
    } else if (!deps.isAllowedOrigin(request.headers.origin)) {
      // Browsers let any page ask for a WebSocket; its origin is all that tells whose page it is.
      refuseUpgrade(request, socket, '403 Forbidden', 'This origin is not allowed.');
    } else {
      native.upgrade(request, socket, head);
    }
  });
}
