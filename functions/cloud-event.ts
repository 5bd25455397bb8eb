import type { PubsubMessage } from '../shared/pubsub-message.ts';

/** A Pub/Sub message as it reached the function, and what the CloudEvent around it says. */
export interface Delivery {
  /** None when the request holds no Pub/Sub message. */
  message: PubsubMessage | undefined;
  /** The CloudEvent's own id and time. */
  id?: string | undefined;
  time?: string | undefined;
  /** Resource name of the topic, or of the subscription when the event does not tell the topic; for logs. */
  origin?: string | undefined;
  traceparent?: string | undefined;
}

/**
 * Finds the Pub/Sub message in what the functions framework hands over, which it does not check: a binary or
 * structured CloudEvent of Eventarc, the raw push body of a subscription (the emulator's), or anything else that was
 * posted. In structured mode the push body may also stand in `data_base64` (CloudEvents 1.0, JSON format).
 */
export function toDelivery(event: unknown): Delivery {
  const outer = asObject(event);
  const body = asObject(outer?.data ?? decodeBase64(outer?.data_base64)) ?? outer;
  return {
    message: asObject(body?.message),
    id: asText(outer?.id),
    time: asText(outer?.time),
    origin: topicOf(asText(outer?.source)) ?? asText(body?.subscription),
    traceparent: asText(outer?.traceparent),
  };
}

const PUBSUB_SOURCE = '//pubsub.googleapis.com/';

function topicOf(source: string | undefined): string | undefined {
  // The framework's conversion of a raw push leaves the topic out of the source.
  return source?.startsWith(PUBSUB_SOURCE) && source !== PUBSUB_SOURCE
    ? source.slice(PUBSUB_SOURCE.length)
    : undefined;
}

/** A JSON object, also when it comes as the bytes or the text of one. */
function asObject(value: unknown): Record<string, unknown> | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array) {
    try {
      return asObject(JSON.parse(Buffer.from(value as Uint8Array).toString('utf8')));
    } catch {
      return undefined;
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function decodeBase64(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
