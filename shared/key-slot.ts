const SLOTS = 16_384;

/**
 * The slot of a key or a channel in a Redis Cluster: the hash of the text between the first braces, or of the whole text.
 *
 * `cluster-key-slot`, which ioredis uses, is not used here. It reads on to the next braces when the first are empty, so
 * its slot of `{}{a}` is another than Redis' own. It has no types either.
 *
 * Source: Redis Cluster specification, "Hash tags" and "Appendix A: CRC16 reference implementation".
 */
export function keySlot(key: string): number {
  const [, tag = key] = /^[^{]*\{([^}]+)\}/.exec(key) ?? [];
  return crc16(Buffer.from(tag)) % SLOTS;
}

/** CRC16 of XMODEM: polynomial 1021, start 0. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}
