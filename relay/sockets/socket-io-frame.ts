// One encoding of an event for all viewers of a room. The stored JSON text is spliced, never parsed: what a customer
// said reaches the page byte for byte, and a room of two hundred costs one string.
import { toCursor } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { textFrame } from './websocket-frame.ts';

export interface SocketIoFrame {
  /** The Socket.IO packet (protocol 5: an EVENT of the namespace `/`), for a transport that frames it itself. */
  packet: string;
  /** Options of the engine's `write`. */
  options: {
    compress: false;
    /** The packet as a whole WebSocket frame, behind Engine.IO's `4` (message); as Socket.IO's own adapter does it. */
    wsPreEncodedFrame: Buffer[];
  };
}

/** The envelope as the desktop gets it: the stored JSON text with `cursor` behind its last field. */
export function withCursor(message: ChannelMessage): string {
  return `${message.json.slice(0, -1)},"cursor":"${toCursor(message.position)}"}`;
}

const frames = new WeakMap<ChannelMessage, SocketIoFrame>();

/** The frame of a message; the same object for every viewer. */
export function socketIoFrame(message: ChannelMessage): SocketIoFrame {
  const known = frames.get(message);
  if (known) return known;
  const packet = `2["${message.kind}",${withCursor(message)}]`;
  const encoded: SocketIoFrame = {
    packet,
    options: { compress: false, wsPreEncodedFrame: [textFrame(`4${packet}`)] },
  };
  frames.set(message, encoded);
  return encoded;
}
