// The decisions of delivery, as pure functions: how a message relates to a stream position, and whether a page of the
// log continues that position. Only relay/delivery imports this.

import type { LogPage } from '../../shared/stream/event-log.ts';
import { type Position, ROOT_TAG } from '../../shared/stream/position.ts';
import type { ChannelMessage, LoggedEvent } from '../../shared/stream/protocol.ts';

/** How far someone has followed a conversation: the log, and beside it the interim transcripts. */
export interface StreamPosition {
  readonly position: Position;
  /** Sequence of the latest interim transcript in this life of the log. None before it is missing. */
  readonly interims: number;
}

/**
 * - `next`: follows the stream position directly.
 * - `past`: lies at or before it.
 * - `gap`: something between the two has not been seen.
 * - `fork`: belongs to another history than the position. The log was lost, or it went back to before the position,
 *   because a failover dropped its tail.
 */
export type MessageOrder = 'next' | 'past' | 'gap' | 'fork';

export function orderOf({ position, interims }: StreamPosition, message: ChannelMessage): MessageOrder {
  const theirs = message.position;
  // Before anything was written there is no epoch: the first event of any life may follow.
  const isFirstEpoch = position.epoch === '';
  if (!isFirstEpoch && theirs.epoch !== position.epoch) return 'fork';
  if (message.type === 'interim') {
    if (theirs.offset > position.offset) return 'gap';
    if (message.sequence <= interims) return 'past';
    // A newer one at an older position: the log has gone back.
    if (theirs.tag !== position.tag) return 'fork';
    return message.sequence === interims + 1 ? 'next' : 'gap';
  }
  const distance = theirs.offset - position.offset;
  if (distance < 0) return 'past';
  if (distance === 0) return theirs.tag === position.tag ? 'past' : 'fork';
  if (distance > 1) return 'gap';
  return message.previousTag === position.tag ? 'next' : 'fork';
}

/** The stream position after a message that is `next`. */
export function advance(at: StreamPosition, message: ChannelMessage): StreamPosition {
  if (message.type === 'event') return { position: message.position, interims: at.interims };
  const position = at.position.epoch === '' ? message.position : at.position;
  return { position, interims: message.sequence };
}

/**
 * - `whole`: the page starts where the position ends, in the same history.
 * - `trimmed`: the same life of the log, but events after the position are no longer retained.
 * - `other`: another history. Nothing before the page's own start is reliable.
 */
export type Continuity = 'whole' | 'trimmed' | 'other';

/** How a page that was read from just after `position` continues it. */
export function continuity(position: Position, { top, events }: LogPage): Continuity {
  if (position.epoch !== '' && top.epoch !== position.epoch) return 'other';
  if (top.offset < position.offset) return 'other';
  if (top.offset === position.offset) return top.tag === position.tag ? 'whole' : 'other';
  const first = events[0];
  if (first?.position.offset !== position.offset + 1) return 'trimmed';
  return first.previousTag === position.tag ? 'whole' : 'other';
}

export function isSamePosition(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.offset === b.offset && a.tag === b.tag;
}

export function isSameStreamPosition(a: StreamPosition, b: StreamPosition): boolean {
  return a.interims === b.interims && isSamePosition(a.position, b.position);
}

/** The position just before an event. */
export function before(event: LoggedEvent): Position {
  return { epoch: event.position.epoch, offset: event.position.offset - 1, tag: event.previousTag };
}

/** The stream position before the first event of a life of the log. */
export function startOf(epoch: string): StreamPosition {
  return { position: { epoch, offset: 0, tag: ROOT_TAG }, interims: 0 };
}
