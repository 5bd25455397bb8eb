import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionGuard } from './http/connection-guard.ts';
import { refuseUpgrade } from './refusals/refuse-upgrade.ts';
import { SOCKET_IO_PATH } from './socketio/server.ts';
import { NATIVE_PATH, type NativeServer } from './websocket/server.ts';

/**
 * Gives each upgrade to WebSocket to its owner. Socket.IO listens for its own path itself; an upgrade that nobody
 * takes is answered, because its connection would otherwise stay open for ever.
 */
export function routeUpgrades(server: Server, native: NativeServer, guard: ConnectionGuard): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Again, for one that has carried an answered request before.
    guard.pendingConnections.add(socket, () => socket.destroy());
    const path = request.url?.split('?')[0];
    if (path?.startsWith(SOCKET_IO_PATH)) return;
    if (path !== NATIVE_PATH) refuseUpgrade(request, socket, 'upgrade-path', guard);
    else if (guard.isDraining()) refuseUpgrade(request, socket, 'draining', guard);
    else if (!guard.isAllowedOrigin(request.headers.origin)) refuseUpgrade(request, socket, 'origin', guard);
    else native.upgrade(request, socket, head);
  });
}
