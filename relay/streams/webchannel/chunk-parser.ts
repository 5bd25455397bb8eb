/** What came is not WebChannel. The message names what was wrong, and holds nothing of what came. */
export class WebChannelFormatError extends Error {
  override readonly name = 'WebChannelFormatError';
}

/**
 * Parses an answer of WebChannel while it arrives. The answer is a row of chunks `LENGTH\nJSON`, where LENGTH counts the
 * UTF-16 units of the JSON text. The bytes may be cut anywhere, also within a character.
 *
 * A parser that has thrown is of no further use.
 */
export class ChunkParser {
  readonly #maxUnits: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #text = '';
  /** Units of the JSON text that has started; undefined while its length is not complete. */
  #length: number | undefined;

  /** @param maxUnits longest JSON text of one chunk, in UTF-16 units. Until a chunk is complete it stays in memory. */
  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
  }

  /**
   * The values of the chunks that these bytes complete, in order.
   *
   * @throws {WebChannelFormatError}
   */
  push(bytes: Uint8Array): unknown[] {
    this.#text += this.#decode(bytes);
    const values: unknown[] = [];
    let at = 0;
    for (;;) {
      if (this.#length === undefined) {
        // Some servers end a chunk with a line break that they do not count.
        while (this.#text[at] === '\n') at++;
        const end = this.#text.indexOf('\n', at);
        const digits = end === -1 ? this.#text.slice(at) : this.#text.slice(at, end);
        this.#checkLength(digits, end !== -1);
        if (end === -1) break;
        this.#length = Number(digits);
        at = end + 1;
      }
      if (this.#text.length - at < this.#length) break;
      values.push(parse(this.#text.slice(at, at + this.#length)));
      at += this.#length;
      this.#length = undefined;
    }
    this.#text = this.#text.slice(at);
    return values;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch {
      throw new WebChannelFormatError('the answer is not UTF-8');
    }
  }

  /** Also of a length whose end has not come, so that garbage without a line break does not fill the memory. */
  #checkLength(digits: string, isComplete: boolean): void {
    const isNumber = isComplete ? /^[0-9]+$/.test(digits) : /^[0-9]*$/.test(digits);
    if (!isNumber) throw new WebChannelFormatError('the length of a chunk is not a number');
    if (digits.length > String(this.#maxUnits).length || Number(digits) > this.#maxUnits) {
      throw new WebChannelFormatError(`a chunk is longer than ${this.#maxUnits} units`);
    }
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Without the cause, which quotes the text.
    throw new WebChannelFormatError('a chunk is not JSON');
  }
}
