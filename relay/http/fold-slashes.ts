import type { IncomingMessage, Server } from 'node:http';

/**
 * Reads `//register` as `/register`, for requests and upgrades: a desktop whose setting of the relay's address ends with
 * a slash appends every path to it. To be called when the server has all its handlers.
 */
export function foldLeadingSlashes(server: Server): void {
  const fold = (request: IncomingMessage) => {
    request.url = request.url?.replace(/^\/{2,}/, '/');
  };
  server.prependListener('request', fold);
  server.prependListener('upgrade', fold);
}
