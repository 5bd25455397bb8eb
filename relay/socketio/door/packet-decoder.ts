import { Decoder } from 'socket.io-parser';

/** A packet of another namespace than `/`: its type, perhaps a count of attachments, and the name. */
const OTHER_NAMESPACE = /^\d(?:\d*-)?\/(?!,|$)/;
/** A CONNECT whose payload is no object: a page has given the token itself as `auth`. */
const CONNECT_WITH_TEXT = /^0(?:\/,)?[^{/]/;

/** Socket.IO's own decoder, with two rules more. */
export class PacketDecoder extends Decoder {
  override add(packet: unknown): void {
    const text = typeof packet === 'string' ? packet : '';
    // Socket.IO would answer each CONNECT to a namespace that does not exist with its name, and keep the connection.
    if (OTHER_NAMESPACE.test(text)) throw new Error('only the namespace / exists');
    // Socket.IO would end the connection, and the client would try again for ever. This CONNECT is refused like others.
    super.add(CONNECT_WITH_TEXT.test(text) ? '0' : packet);
  }
}
