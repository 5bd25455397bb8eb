import { INTERIM_KIND } from '../../../shared/event.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { headerOf } from '../../../shared/stream/protocol.ts';
import { conversationName } from '../../event-source.ts';
import { type CallShape, playedCall } from '../call.ts';
import type { PlannedDesktop } from './keyed.ts';

/** `1e EPOCH OFFSET TAG PREVIOUS_TAG` and `1i EPOCH OFFSET TAG SEQUENCE`, with their spaces, and the line's end. */
const HEAD_BYTES = 2 + 1 + 13 + 1 + 3 + 1 + 8 + 1;
const TAG_BYTES = 8;
const SEQUENCE_BYTES = 4;
/** `*4`, then `appended`, the epoch, the offset and the tag, each as Redis frames it. */
const ANSWER_BYTES = 4 + 14 + 20 + 6 + 14;
/** `>3`, then `smessage`, and the frames of two more texts of up to four digits of length. */
const FRAME_BYTES = 4 + 14 + 2 * 9;

/** What Redis sends while calls are played: the answers to appends, and each event to each relay that follows it. */
export function outputBytes(plan: readonly PlannedDesktop[], call: CallShape): number {
  const conversations = new Set(plan.map(({ conversation }) => conversation)).size;
  const name = conversationName(0);
  let [answers, event] = [0, 0];
  for (const { kind, json, messageId } of playedCall(name, call)) {
    const tail = kind === INTERIM_KIND ? SEQUENCE_BYTES : TAG_BYTES;
    const text = HEAD_BYTES + tail + 1 + headerOf({ kind, messageId }).length + 1 + Buffer.byteLength(json);
    event += FRAME_BYTES + conversationKeys(name).channel.length + text;
    answers += ANSWER_BYTES;
  }
  return conversations * answers + plan.length * event;
}
