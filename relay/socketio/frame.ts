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

/** Of each message the packet without its end, frames that desktops share by their offset, and heads by the end's length. */
const encodedOf = encodedOnce((message) => ({
  start: `2["${message.kind}",${deliveredEvent(message)}`,
  frames: new Map<string, SocketIoFrame>(),
  heads: new Map<number, Buffer>(),
}));

/**
 * A message as Socket.IO sends it.
 *
 * @param offset the event's last argument, in ASCII and without characters that JSON escapes; '' for none.
 */
export function socketIoFrame(message: ChannelMessage, offset = ''): SocketIoFrame {
  const { start, frames, heads } = encodedOf(message);
  // An offset of several conversations is one desktop's own.
  const isShared = !offset.includes(',');
  const known = isShared ? frames.get(offset) : undefined;
  if (known !== undefined) return known;
  const end = offset === '' ? ']' : `,"${offset}"]`;
  const packet = `${start}${end}`;
  const head = heads.get(end.length);
  const frame = head ? withEnd(head, end) : textFrame(`4${packet}`);
  if (head === undefined) heads.set(end.length, frame.subarray(0, -end.length));
  const made = { packet, options: { compress: false as const, wsPreEncodedFrame: [frame] } };
  if (isShared) frames.set(offset, made);
  return made;
}

/** Copying what desktops have in common costs half of encoding it for each. */
function withEnd(head: Buffer, end: string): Buffer {
  const frame = Buffer.allocUnsafe(head.length + end.length);
  frame.set(head);
  frame.write(end, head.length, 'latin1');
  return frame;
}

/** A text message as one unmasked WebSocket frame in one buffer, which is written with one system call. */
export function textFrame(text: string): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(text), UNMASKED_TEXT));
}
