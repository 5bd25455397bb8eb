import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * Connections that have shown no token yet, upgraded or not, and Socket.IO's sessions over long polling, which have no
 * connection of their own.
 *
 * One too many ends the oldest and not the new one. A desktop shows its token within a few round trips, so a client that
 * fills the relay with silent connections pushes out its own.
 */
export class PendingConnections {
  readonly #max: number;
  /** From each to what ends it, in the order of their arrival. */
  readonly #waiting = new Map<object, () => void>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @param end ends it at once, without waiting for what the other side says to it. */
  add(connection: object, end: () => void): void {
    if (this.#waiting.has(connection)) return;
    this.#waiting.set(connection, end);
    const [oldest] = this.#waiting;
    if (this.#waiting.size <= this.#max || oldest === undefined) return;
    const [oldestConnection, endIt] = oldest;
    this.#waiting.delete(oldestConnection);
    endIt();
  }

  /** Its token was accepted, its request was answered, or it has ended. */
  remove(connection: object): void {
    this.#waiting.delete(connection);
  }
}

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
