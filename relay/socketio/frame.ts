import { deliveredEvent, encodedOnce } from '../session/encode-event.ts';
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

/** A message as Socket.IO sends it. */
export const socketIoFrame = encodedOnce((message): SocketIoFrame => {
  const packet = `2["${message.kind}",${deliveredEvent(message)}]`;
  return { packet, options: { compress: false, wsPreEncodedFrame: [textFrame(`4${packet}`)] } };
});
