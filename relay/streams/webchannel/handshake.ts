import type { Dispatcher } from 'undici';
import { arraysIn } from './arrays.ts';
import { ChunkParser, WebChannelFormatError } from './chunk-parser.ts';
import { errorFailure } from './failures.ts';
import type { ChannelIds } from './requests.ts';

/** The answer to an open has some hundred bytes. */
const HANDSHAKE_MAX_BYTES = 64 * 1024;

/** Reads `[[0, ["c", SID, …]]]`, the answer to an open: one chunk, or the same without its length. */
export async function readHandshake({ headers, body }: Dispatcher.ResponseData): Promise<ChannelIds> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > HANDSHAKE_MAX_BYTES) throw new WebChannelFormatError('the answer to the open is too long');
    parts.push(part);
  }
  const text = Buffer.concat(parts);
  const parser = new ChunkParser(HANDSHAKE_MAX_BYTES);
  const length = text[0] === LIST_START ? parser.push(Buffer.from(`${text.toString().length}\n`)) : [];
  for (const { payload } of [...length, ...parser.push(text)].flatMap(arraysIn)) {
    if (payload.kind === 'error') throw errorFailure(payload.error);
    const sid = payload.kind === 'control' && payload.word === 'c' ? payload.values[1] : undefined;
    if (typeof sid !== 'string' || sid === '') continue;
    const session = headers['x-http-session-id'] ?? headers['x-webchannel-session'];
    return { sid, gsessionid: typeof session === 'string' ? session : sid };
  }
  throw new WebChannelFormatError('the answer to the open names no stream');
}

const LIST_START = '['.charCodeAt(0);
