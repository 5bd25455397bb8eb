// A dead letter that is published again is a new message: Pub/Sub gives it a new id and the time of now, and keeps only
// its attributes. So the two that matter go along as attributes. A client that may set them may publish events anyway.

/**
 * The id that the message had as a dead letter, the same however often it is published again: an attempt whose answer
 * was lost, or that was made twice, is one event. The id it had before is not known: Pub/Sub does not pass it on.
 */
export const REPLAYED_ID = 'replayed_message_id';
/** When Dialogflow published it, by which desktops sort. RFC 3339. */
export const REPLAYED_TIME = 'replayed_publish_time';

const DEAD_LETTER = 'dead-letter-';

export interface Replayed {
  /** Never equal to an id of Pub/Sub, which has digits alone: ids are unique per topic only. */
  messageId?: string;
  publishTime?: string;
}

/** Whether an id is that of a dead letter that was published again. */
export function isReplayed(messageId: string): boolean {
  return messageId.startsWith(DEAD_LETTER);
}

/** What a message says of its earlier life; nothing of it is believed unless it has the right form. */
export function replayedOf(attributes: Readonly<Record<string, string>>): Replayed {
  const id = attributes[REPLAYED_ID] ?? '';
  const time = attributes[REPLAYED_TIME] ?? '';
  return {
    ...(/^\d{1,20}$/.test(id) ? { messageId: `${DEAD_LETTER}${id}` } : {}),
    ...(/^\d{4}-\d\d-\d\dT[\d:.]{8,18}Z$/.test(time) && !Number.isNaN(Date.parse(time))
      ? { publishTime: time }
      : {}),
  };
}
