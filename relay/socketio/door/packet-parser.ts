import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';
import type { Logger } from '../../../shared/log.ts';
import { ThrottledCountLog } from '../../../shared/throttled-count-log.ts';
import { DOOR_LIMITS } from './limits.ts';

/** What a client that asks for another namespace than `/` finds in `connect_error`. */
export const NAMESPACE_REFUSAL = 'the relay has only the namespace /: give io() its address without a path';

/** A packet of another namespace than `/`: its type, perhaps a count of attachments, and the name. */
const OTHER_NAMESPACE = /^\d(?:\d*-)?\/(?!,|$)/;
/** A CONNECT to another namespace, with its name. */
const OTHER_CONNECT = /^0(\/[^,]+)/;
/** A CONNECT whose payload is no object: a page has given the token itself as `auth`. */
const CONNECT_WITH_TEXT = /^0(?:\/,)?[^{/]/;

/** Socket.IO's own parser, with the relay's rules about namespaces and payloads. */
export function packetParser(logger: Pick<Logger, 'info'>) {
  const otherNamespaces = new ThrottledCountLog({
    counted: ['count'],
    write: (counts) => logger.info(counts, 'clients of Socket.IO asked for another namespace than /'),
    now: Date.now,
  });

  /** Socket.IO makes one for each connection. */
  class PacketDecoder extends Decoder {
    #hasRefused = false;

    override add(packet: unknown): void {
      const text = typeof packet === 'string' ? packet : '';
      if (OTHER_NAMESPACE.test(text)) {
        this.#refuse(text);
        return;
      }
      // Socket.IO would end the connection, and the client would try again for ever. This CONNECT is refused like others.
      super.add(CONNECT_WITH_TEXT.test(text) ? '0' : packet);
    }

    /**
     * Lets Socket.IO answer one CONNECT, without its payload, so that the client knows why and stays away. Socket.IO would
     * answer each with its name, and keep the connection.
     */
    #refuse(packet: string): void {
      otherNamespaces.count('count');
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
