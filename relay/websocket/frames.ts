import * as v from 'valibot';
import type { ClientFrame, RequestId, ServerFrame } from '../../shared/wire.ts';
import { deliveredEvent, encodedOnce } from '../session/encode-event.ts';

/** Longest text that a request may have as its id, in characters: it is sent back with the answer. */
const REQUEST_ID_MAX_CHARS = 64;
// Only what comes back as it was sent: JSON has numbers that would be rounded, or turn into null.
const id = v.union([
  v.pipe(v.string(), v.maxLength(REQUEST_ID_MAX_CHARS)),
  v.pipe(v.number(), v.safeInteger()),
]);
const clientFrame = v.variant('type', [
  v.object({ type: v.literal('auth'), token: v.string() }),
  v.object({
    type: v.literal('join'),
    id,
    conversation: v.string(),
    after: v.exactOptional(v.nullable(v.string())),
  }),
  v.object({ type: v.literal('leave'), id, conversation: v.string() }),
  v.object({ type: v.literal('ping') }),
  v.looseObject({ type: v.picklist(['stream-request', 'end-stream']), streamId: v.string() }),
]);

/** A frame of a client; or, when it is malformed, as much of it as an answer needs. */
export type ParsedFrame = { ok: true; frame: ClientFrame } | { ok: false; id?: RequestId };

/** Parses a text frame; fields that this version does not know are left out. */
export function parseClientFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false };
  }
  const result = v.safeParse(clientFrame, value);
  if (result.success) return { ok: true, frame: result.output };
  const request = v.safeParse(v.object({ id }), value);
  return request.success ? { ok: false, id: request.output.id } : { ok: false };
}

export function encodeFrame(frame: ServerFrame): string {
  return JSON.stringify(frame);
}

/** The `event` frame of a message. */
export const eventFrame = encodedOnce((message) =>
  Buffer.from(`{"type":"event","event":${deliveredEvent(message)}}`),
);
