import { Agent } from 'undici';

/**
 * Keeps connections to other services for later calls.
 *
 * @param connections to one host at most; further calls wait for one of them. Without it there are as many as calls.
 */
export function outboundAgent(connections: number | null = null): Agent {
  // HTTP/1.1 only: there a call that is given up ends its connection, for every server.
  return new Agent({ connections, allowH2: false });
}
