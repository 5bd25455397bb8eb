import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';
import type { RefusalReason } from '../../refusals/reasons.ts';
import type { RefusalLog } from '../../refusals/refusals.ts';
import { DOOR_LIMITS } from './limits.ts';

/** What a client that asks for another namespace than `/` finds in `connect_error`. */
export const NAMESPACE_REFUSAL = 'the relay has only the namespace /: give io() its address without a path';

/** A packet of another namespace than `/`: its type, perhaps a count of attachments, and the name. */
const OTHER_NAMESPACE = /^\d(?:\d*-)?\/(?!,|$)/;
/** A CONNECT to another namespace, with its name. */
const OTHER_CONNECT = /^0(\/[^,]+)/;
/** A CONNECT whose payload is no object: a page has given the token itself as `auth`. */
const CONNECT_WITH_TEXT = /^0(?:\/,)?[^{/]/;

/** A CONNECT whose token is no text, so that it is refused as malformed. */
const MALFORMED_CONNECT = '0{"token":[]}';

/** Socket.IO's own parser, with the relay's rules about namespaces and payloads. */
export function packetParser(refusals: RefusalLog) {
  // A parser knows nothing of its connection.
  const refused = (reason: RefusalReason) => refusals.note(reason, { refused: 'connection' });

  /** Socket.IO makes one for each connection. */
  class PacketDecoder extends Decoder {
    #hasRefused = false;
    #hasConnected = false;

    override add(packet: unknown): void {
      const text = typeof packet === 'string' ? packet : '';
      if (OTHER_NAMESPACE.test(text)) {
        this.#refuse(text);
        return;
      }
      // Socket.IO would end the connection, and the client would try again for ever. This CONNECT is refused like others.
      const taken = CONNECT_WITH_TEXT.test(text) ? MALFORMED_CONNECT : packet;
      if (text.startsWith('0')) this.#hasConnected = true;
      // Socket.IO ends the connection.
      if (!this.#hasConnected) refused('auth-first');
      try {
        super.add(taken);
      } catch (error) {
        if (this.#hasConnected) refused('bad-packet');
        throw error;
      }
    }

    /**
     * Lets Socket.IO answer one CONNECT, without its payload, so that the client knows why and stays away. Socket.IO would
     * answer each with its name, and keep the connection.
     */
    #refuse(packet: string): void {
      refused('namespace');
      const [, name = ''] = OTHER_CONNECT.exec(packet) ?? [];
      if (name === '' || name.length > DOOR_LIMITS.namespaceMaxLength || this.#hasRefused)
        throw new Error('only the namespace / exists');
      this.#hasRefused = true;
      super.add(`0${name},`);
    }
  }

  return { Encoder: PacketEncoder, Decoder: PacketDecoder };
}

class PacketEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    const { type, nsp } = packet;
    if (type !== PacketType.CONNECT_ERROR || nsp === '/') return super.encode(packet);
    const refusal = { type, nsp, data: { message: NAMESPACE_REFUSAL } };
    // By the error alone socket.io-client 3.0 does not stay away.
    return [refusal, { type: PacketType.DISCONNECT, nsp }].flatMap((each) => super.encode(each));
  }
}
