import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { DROP_PAUSE_MS, NEWCOMERS_MAX } from '../limits.ts';

/**
 * What has come in and has not shown a token yet: connections, upgraded or not, and Socket.IO's sessions over long
 * polling, which have no connection of their own.
 *
 * One too many ends the oldest of them, and not the new one: a desktop shows its token within a few round trips, so
 * whoever fills the relay with connections that say nothing pushes out their own, and keeps nobody from coming in.
 */
export class Newcomers {
  readonly #max: number;
  /** From each to what ends it, in the order of their arrival. */
  readonly #waiting = new Map<object, () => void>();

  constructor(max = NEWCOMERS_MAX) {
    this.#max = max;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @param end ends it at once, without waiting for what the other side says to it. */
  add(newcomer: object, end: () => void): void {
    if (this.#waiting.has(newcomer)) return;
    this.#waiting.set(newcomer, end);
    const [oldest] = this.#waiting;
    if (this.#waiting.size <= this.#max || oldest === undefined) return;
    const [oldestNewcomer, endIt] = oldest;
    this.#waiting.delete(oldestNewcomer);
    endIt();
  }

  /** Its token was accepted, its request was answered, or it has ended. */
  remove(newcomer: object): void {
    this.#waiting.delete(newcomer);
  }
}

/**
 * Counts the connections of a server among the newcomers: from their start, and again while a request without a token
 * is under way on them. One that is upgraded stays until the token of its socket is accepted.
 */
export function watchConnections(app: FastifyInstance, newcomers: Newcomers): void {
  app.server.on('connection', (socket) => {
    newcomers.add(socket, () => socket.destroy());
    socket.once('close', () => newcomers.remove(socket));
  });
  app.addHook('onRequest', async ({ raw: { socket } }) => {
    newcomers.add(socket, () => socket.destroy());
  });
  // Behind the check of the token, and before the body is read.
  app.addHook('preParsing', async ({ claims, raw }) => {
    if (claims !== undefined) newcomers.remove(raw.socket);
  });
  app.addHook('onResponse', async ({ raw }) => {
    // One that was answered before its body was there may go on sending it for as long as a request may take.
    if (raw.complete) newcomers.remove(raw.socket);
  });
}

/** Lets connections that idle make room, where a server has as many as it takes. */
export function makeRoomWhenFull(server: Server): void {
  let hasMadeRoom = false;
  server.on('drop', () => {
    if (hasMadeRoom) return; // to look through all connections for each one that is dropped would be work for nothing
    hasMadeRoom = true;
    server.closeIdleConnections();
    setTimeout(() => {
      hasMadeRoom = false;
    }, DROP_PAUSE_MS).unref();
  });
}
