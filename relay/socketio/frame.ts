import * as ws from 'ws';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { deliveredEvent, encodedOnce } from '../session/encode-event.ts';

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

/** What ws exports and @types/ws does not declare. */
const { Sender } = ws as unknown as {
  Sender: { frame(data: Buffer, options: object): Buffer[] };
};
const UNMASKED_TEXT = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };

/** Of each message the packet without its end, and the frames that several desktops may be sent, by their offset. */
const encodedOf = encodedOnce((message) => ({
  start: `2["${message.kind}",${deliveredEvent(message)}`,
  frames: new Map<string, SocketIoFrame>(),
}));

/**
 * A message as Socket.IO sends it.
 *
 * @param offset the event's last argument, without characters that JSON escapes; '' for none.
 */
export function socketIoFrame(message: ChannelMessage, offset = ''): SocketIoFrame {
  const { start, frames } = encodedOf(message);
  const known = frames.get(offset);
  if (known !== undefined) return known;
  const packet = `${start}${offset === '' ? '' : `,"${offset}"`}]`;
  const options = { compress: false as const, wsPreEncodedFrame: [textFrame(`4${packet}`)] };
  // An offset of several conversations is one desktop's own.
  if (!offset.includes(',')) frames.set(offset, { packet, options });
  return { packet, options };
}

/** A text message as one unmasked WebSocket frame in one buffer, which is written with one system call. */
export function textFrame(text: string): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(text), UNMASKED_TEXT));
}
