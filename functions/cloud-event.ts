import type { PubsubMessage } from '../shared/pubsub-message.ts';
import { isPayload } from './request.ts';

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
 * Finds the Pub/Sub message in an event, which nobody has checked: a CloudEvent of Eventarc, the raw push body of a
 * subscription (the emulator's), or anything else that was posted. The data of a CloudEvent may also stand in
 * `data_base64` (CloudEvents 1.0, JSON format). It may be the payload alone, where the subscription unwraps payloads.
 */
export function toDelivery(event: unknown): Delivery {
  const outer = asObject(event);
  const data = outer?.data ?? decodeBase64(outer?.data_base64);
  const body = asObject(data) ?? outer;
  const id = asText(outer?.id);
  const isUnwrapped = id !== undefined && body !== undefined && body !== outer && isPayload(body);
  return {
    message: isUnwrapped ? { data: encodeBase64(data) } : asObject(body?.message),
    id,
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

/** Bytes and text stay as they are. Data that was parsed becomes JSON again. */
function encodeBase64(data: unknown): string {
  const bytes = data instanceof Uint8Array ? data : typeof data === 'string' ? data : JSON.stringify(data);
  return Buffer.from(bytes as Uint8Array).toString('base64');
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
