import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { PendingConnections } from '../rate-limits/pending-connections.ts';

/**
 * Counts a server's connections as pending from their start, and again while a request without a token
 * is under way on them. One that is upgraded stays until the token of its socket is accepted.
 */
export function watchConnections(app: FastifyInstance, pending: PendingConnections): void {
  app.server.on('connection', (socket) => {
    pending.add(socket, () => socket.destroy());
    socket.once('close', () => pending.remove(socket));
  });
  app.addHook('onRequest', async ({ raw: { socket } }) => {
    pending.add(socket, () => socket.destroy());
  });
  // Behind the check of the token, and before the body is read.
  app.addHook('preParsing', async ({ claims, raw }) => {
    if (claims !== undefined) pending.remove(raw.socket);
  });
  app.addHook('onResponse', async ({ raw }) => {
    // One that was answered before its body was there may go on sending it for as long as a request may take.
    if (raw.complete) pending.remove(raw.socket);
  });
}

/** Lets connections that idle make room, where a server has as many as it takes. */
export function makeRoomWhenFull(server: Server, dropPauseMs: number): void {
  let hasMadeRoom = false;
  server.on('drop', () => {
    if (hasMadeRoom) return; // to look through all connections for each one that is dropped would be work for nothing
    hasMadeRoom = true;
    server.closeIdleConnections();
    setTimeout(() => {
      hasMadeRoom = false;
    }, dropPauseMs).unref();
  });
}
