/** The part of a Pub/Sub push message that becomes an event; either spelling of the last two may be there. */
export interface PubsubMessage {
  /** Base64. */
  data?: unknown;
  attributes?: unknown;
  messageId?: unknown;
  message_id?: unknown;
  publishTime?: unknown;
  publish_time?: unknown;
}

/** Its id; none when it has no usable one. */
export function messageIdOf(message: PubsubMessage): string | undefined {
  return identifier(message.messageId) ?? identifier(message.message_id);
}

/** When it was published, as it came; none when it does not say. */
export function publishTimeOf(message: PubsubMessage): string | undefined {
  return identifier(message.publishTime) ?? identifier(message.publish_time);
}

/** Those of its attributes that are text. */
export function attributesOf({ attributes }: PubsubMessage): Record<string, string> {
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return {};
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function identifier(value: unknown): string | undefined {
  // The parser rounds a larger number: two messages could get one id, and one of them would count as a duplicate.
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
