import { createServer } from 'node:net';

/**
 * A loopback port that nobody listens on. Somebody else may take it before its user does, so the user has to try
 * again with another when it cannot listen.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}

/**
 * The port to listen on: `wanted` as it is (0 for a free one), else the usual one, or a free one when that is taken.
 *
 * @throws {Error} when the wanted one is taken.
 */
export async function choosePort(wanted: number | undefined, usual: number): Promise<number> {
  if (wanted === 0) return freePort();
  const port = wanted ?? usual;
  if (await isFree(port)) return port;
  if (wanted === undefined) return freePort();
  throw new Error(`port ${port} is taken: choose another one, or --port=0 for a free one`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
