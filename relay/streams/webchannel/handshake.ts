import type { Dispatcher } from 'undici';
import { arraysIn } from './arrays.ts';
import { ChunkParser, WebChannelFormatError } from './chunk-parser.ts';
import { errorFailure } from './failures.ts';
import type { ChannelIds } from './requests.ts';

/** Reads `[[0, ["c", SID, …]]]`, the answer to an open. */
export async function readHandshake(
  { headers, body }: Dispatcher.ResponseData,
  maxUnits: number,
): Promise<ChannelIds> {
  const parser = new ChunkParser(maxUnits);
  let ids: ChannelIds | undefined;
  for await (const bytes of body) {
    for (const { payload } of parser.push(bytes).flatMap(arraysIn)) {
      const sid = payload.kind === 'control' && payload.word === 'c' ? payload.values[1] : undefined;
      if (payload.kind === 'error') throw errorFailure(payload.error);
      if (typeof sid !== 'string' || sid === '') continue;
      const session = headers['x-http-session-id'] ?? headers['x-webchannel-session'];
      ids = { sid, gsessionid: typeof session === 'string' ? session : sid };
    }
  }
  if (ids === undefined) throw new WebChannelFormatError('the answer to the open names no stream');
  return ids;
}
