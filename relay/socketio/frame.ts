import * as ws from 'ws';
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

/** A message as Socket.IO sends it. */
export const socketIoFrame = encodedOnce((message): SocketIoFrame => {
  const packet = `2["${message.kind}",${deliveredEvent(message)}]`;
  return { packet, options: { compress: false, wsPreEncodedFrame: [textFrame(`4${packet}`)] } };
});

/** A text message as one unmasked WebSocket frame in one buffer, which is written with one system call. */
export function textFrame(text: string): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(text), UNMASKED_TEXT));
}
