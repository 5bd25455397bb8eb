import { createServer, type RequestListener } from 'node:http';

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  url: string;
  /** Ends it and its connections; a second call does no harm. */
  stop(): Promise<void>;
}

/** Serves on a free loopback port. */
export function startLoopbackServer(listener: RequestListener): Promise<LoopbackServer> {
  return new Promise((resolve, reject) => {
    const server = createServer(listener);
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        return reject(new Error('the system gave no port'));
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
