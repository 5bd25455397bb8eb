import { toCursor } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';

/**
 * The envelope as desktops get it: the stored JSON text with `cursor` behind its last field. It is spliced, never
 * parsed, so that what a customer said reaches the page byte for byte.
 */
export function deliveredEvent(message: ChannelMessage): string {
  return `${message.json.slice(0, -1)},"cursor":"${toCursor(message.position)}"}`;
}

/** Encodes each message for a protocol, once for all viewers of a room. */
export function encodedOnce<T extends object>(
  encode: (message: ChannelMessage) => T,
): (message: ChannelMessage) => T {
  const known = new WeakMap<ChannelMessage, T>();
  return (message) => {
    const encoded = known.get(message) ?? encode(message);
    known.set(message, encoded);
    return encoded;
  };
}
