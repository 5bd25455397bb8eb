// The client of the relay's native WebSocket protocol, for browsers and for Node 22 or newer. It depends on nothing;
// of the relay it shares the types and codes of the protocol. docs/client.md tells how to use it.
import { RelayClient } from './client.ts';
import type { Client, ClientOptions } from './types.ts';

export type { EventKind } from '../../shared/event.ts';
export type { DeliveredEvent, WireErrorCode } from '../../shared/wire.ts';
export { ClientError, StreamFailed, Unauthorized } from './errors.ts';
export type * from './types.ts';

/**
 * Makes a client; it connects when {@link Client.connect} is called.
 *
 * @throws {TypeError} when the URL is not that of a relay, or there is no WebSocket.
 * @example
 * const client = createClient({ url: 'https://relay.example.com', getToken });
 * client.on('event', (event) => show(event));
 * client.on('reset', () => clear());
 * client.connect();
 * await client.join('projects/my-project/conversations/abc');
 */
export function createClient(options: ClientOptions): Client {
  return new RelayClient(options);
}
