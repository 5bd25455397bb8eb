import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Claims } from '../identity/claims.ts';
import type { PendingConnections } from './pending-connections.ts';

/** Half requests that one turn of the event loop takes note of: each may end another connection, at 50 µs. */
const HALF_REQUESTS_PER_TURN = 100;

/**
 * Counts a server's connections as pending from their start, and again while a request without a token is under way on
 * them, whole or not. One that is upgraded stays until the token of its socket is accepted.
 *
 * @param dropPauseMs how often idle connections are looked at, and how seldom room is made for new ones.
 */
export function watchConnections(
  app: FastifyInstance,
  pending: PendingConnections,
  dropPauseMs: number,
): void {
  /** Connections whose last request was answered, with the bytes that they had sent by then. */
  const answered = new Map<Socket, number>();
  const add = (socket: Socket) => {
    answered.delete(socket);
    pending.add(socket, () => socket.destroy());
  };
  const addHalfRequests = () => {
    let found = 0;
    for (const [socket, bytes] of answered) {
      if (socket.bytesRead === bytes) continue;
      add(socket);
      if (++found === HALF_REQUESTS_PER_TURN) return void setImmediate(addHalfRequests);
    }
  };

  app.server.on('connection', (socket) => {
    add(socket);
    socket.once('close', () => {
      answered.delete(socket);
      pending.remove(socket);
    });
  });
  // What comes on a WebSocket is no half request.
  app.server.prependListener('upgrade', ({ socket }) => answered.delete(socket));
  app.addHook('onRequest', async ({ raw: { socket } }) => add(socket));
  // Behind the check of the token, and before the body is read.
  app.addHook('preParsing', async (request) => {
    const { claims, raw } = request as typeof request & { claims: Claims | undefined };
    if (claims !== undefined) pending.remove(raw.socket);
  });
  app.addHook('onResponse', async ({ raw: { complete, socket } }) => {
    if (socket.destroyed) return;
    // One that was answered before its body was there may go on sending it for as long as a request may take.
    if (!complete) return add(socket);
    pending.remove(socket);
    answered.set(socket, socket.bytesRead);
  });
  // Node tells of a request only when its header is there.
  const timer = setInterval(addHalfRequests, dropPauseMs);
  timer.unref();
  app.server.on('close', () => clearInterval(timer));
  makeRoomWhenFull(app.server, dropPauseMs, addHalfRequests);
}

/** Lets connections that idle make room, where a server has as many as it takes. */
export function makeRoomWhenFull(server: Server, dropPauseMs: number, onFull = () => {}): void {
  let hasMadeRoom = false;
  server.on('drop', () => {
    if (hasMadeRoom) return; // to look through all connections for each one that is dropped would be work for nothing
    hasMadeRoom = true;
    onFull();
    server.closeIdleConnections();
    setTimeout(() => {
      hasMadeRoom = false;
    }, dropPauseMs).unref();
  });
}
