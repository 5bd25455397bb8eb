import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { EventKind } from '../../shared/event.ts';
import { type Publication, receiptKey } from './delivery-report.ts';

/**
 * What the functions themselves say they dropped because something newer had come before it.
 *
 * @param files Logs of the functions, written with LOG_LEVEL=debug.
 * @returns reads what was written since the last time, and tells whether no delivery of an event was taken
 */
export function openSupersededLog(files: readonly string[]): () => Promise<(event: Publication) => boolean> {
  const tails = files.map((file) => new LogTail(file));
  /** Of receipts with the ids that Pub/Sub gave. */
  const keys = new Set<string>();
  const isSuperseded = ({ conversation, kind, sentAs }: Publication) =>
    sentAs.every((messageId) => keys.has(receiptKey({ conversation, kind, messageId })));
  return async () => {
    for (const tail of tails) {
      for (const line of await tail.read()) {
        const key = supersededIn(line);
        if (key !== undefined) keys.add(key);
      }
    }
    return isSuperseded;
  };
}

function supersededIn(line: string): string | undefined {
  // Most lines are of other events, and some are no JSON.
  if (!line.includes('"outcome":"superseded"')) return undefined;
  const { conversation = '', kind, message_id: messageId = '' } = JSON.parse(line) as Record<string, string>;
  return receiptKey({ conversation, kind: kind as EventKind, messageId });
}

/** The lines of a file that grows. */
class LogTail {
  readonly #file: string;
  readonly #decoder = new StringDecoder();
  #offset = 0;
  #rest = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** The lines that have come to their end since the last time. */
  async read(): Promise<string[]> {
    const handle = await open(this.#file);
    try {
      const { size } = await handle.stat();
      const added = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await handle.read(added, 0, added.length, this.#offset);
      this.#offset += bytesRead;
      const lines = (this.#rest + this.#decoder.write(added.subarray(0, bytesRead))).split('\n');
      this.#rest = lines.pop() ?? '';
      return lines;
    } finally {
      await handle.close();
    }
  }
}
