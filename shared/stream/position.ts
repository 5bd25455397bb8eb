/** A place in a conversation's log, between the event with this offset and the next. */
export interface Position {
  /** Names one life of the log; '' before anything was written. */
  readonly epoch: string;
  /** Offset of the last event before this place; the first event has 1. */
  readonly offset: number;
  /** The random tag of that event: two histories that differ (a failover lost the tail) differ in it. */
  readonly tag: string;
}

/** The tag that stands before a log's first event. */
export const ROOT_TAG = '0';

/** Before the first event of any log. */
export const START: Position = Object.freeze({ epoch: '', offset: 0, tag: ROOT_TAG });

const CURSOR = /^([A-Za-z0-9_-]{1,32})\.(0|[1-9]\d{0,14})\.([A-Za-z0-9_-]{1,32})$/;

/** The position as the opaque text that desktops keep and hand back. */
export function toCursor({ epoch, offset, tag }: Position): string {
  return epoch === '' ? '0' : `${epoch}.${offset}.${tag}`;
}

/** The position that a cursor stands for; `undefined` when the text is not a cursor. */
export function fromCursor(cursor: unknown): Position | undefined {
  if (cursor === '0') return START;
  const match = typeof cursor === 'string' ? CURSOR.exec(cursor) : null;
  if (!match) return undefined;
  const [, epoch = '', offset, tag = ''] = match;
  return { epoch, offset: Number(offset), tag };
}
