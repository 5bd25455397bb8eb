/** A text message as one unmasked WebSocket frame, as a server sends it (RFC 6455, 5.2). */
export function textFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const header = headerFor(size);
  const frame = Buffer.allocUnsafe(header.length + size);
  header.copy(frame);
  frame.write(text, header.length);
  return frame;
}

const FIN_AND_TEXT = 0x81;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;

function headerFor(size: number): Buffer {
  if (size < LENGTH_IN_16_BITS) return Buffer.from([FIN_AND_TEXT, size]);
  if (size <= 0xffff) return Buffer.from([FIN_AND_TEXT, LENGTH_IN_16_BITS, size >> 8, size & 0xff]);
  const header = Buffer.alloc(10);
  header.writeUInt16BE((FIN_AND_TEXT << 8) | LENGTH_IN_64_BITS);
  header.writeBigUInt64BE(BigInt(size), 2);
  return header;
}
