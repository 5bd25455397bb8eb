import getPort from 'get-port';
import { PORT_IN_USE } from '../../shared/start-failure.ts';

const host = '127.0.0.1';
const ATTEMPTS = 5;
/** How our own programs, Node and Redis say that a port is taken. */
const TAKEN = new RegExp(`${PORT_IN_USE}|EADDRINUSE|Address already in use`, 'i');

/**
 * A loopback port that nobody listens on, and that this process was not given a moment ago. Somebody else may take it
 * before its user does, so the user has to try again with another when it cannot listen.
 */
export function freePort(): Promise<number> {
  return getPort({ host });
}

/** Starts something on a free port, and on another one when somebody has taken the port before it. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt >= ATTEMPTS || !TAKEN.test(String(error))) throw error;
    }
  }
}

/**
 * The port to listen on: `wanted` as it is (0 for a free one), else the usual one, or a free one when that is taken.
 *
 * @throws {Error} when the wanted one is taken.
 */
export async function choosePort(wanted: number | undefined, usual: number): Promise<number> {
  const port = await getPort({ host, port: wanted ?? usual });
  if (wanted === undefined || wanted === 0 || wanted === port) return port;
  throw new Error(`port ${wanted} is taken: choose another one, or --port=0 for a free one`);
}
