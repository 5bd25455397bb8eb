import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RefusalLog } from '../refusals/refusals.ts';

/** What `onIncoming` returns for Node's parser to read nothing behind the request. */
const STOP = 2;

/**
 * Ends connections with too many requests under way: answers that nobody reads would fill the memory. To be called when
 * the server has all its handlers.
 */
export function boundPipelining(server: Server, max: number, refusals: RefusalLog): void {
  const underWay = new WeakMap<Socket, number>();
  const bound =
    (handlers: readonly RequestListener[]) => (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      const count = (underWay.get(socket) ?? 0) + 1;
      if (count > max) {
        refusals.note('limit-pipelining');
        return end(socket);
      }
      underWay.set(socket, count);
      response.once('close', () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
      for (const handler of handlers) handler.call(server, request, response);
    };

  const handlers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', bound(handlers));
  // Node answers these by itself, without a `request` event.
  const refuse: RequestListener = (_request, response) => {
    refusals.note('request-expectation', { status: 417 });
    response.writeHead(417).end();
  };
  server.on('checkExpectation', bound([refuse]));
}

/**
 * Ends a connection and what was read from it. Node parses all requests of a chunk, also of a destroyed connection: 1,800
 * in 64 KiB, which it keeps until the connection is closed. Of 600 such connections in one turn of the event loop, that
 * is more than the heap. Node has no public way to stop its parser.
 */
function end(socket: Socket): void {
  const { parser } = socket as Socket & { parser?: { onIncoming: () => number } | null };
  if (parser) parser.onIncoming = () => STOP;
  socket.destroy();
}
