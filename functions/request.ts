import type { IncomingHttpHeaders } from 'node:http';

/** A request as it reached the function. */
export interface FunctionRequest {
  method: string;
  headers: IncomingHttpHeaders;
  /** The bytes of the body. */
  bytes: Buffer;
  /** The body as the functions framework has parsed it, where it is JSON by its content type. */
  parsed?: unknown;
}

/** What a request brings: events for the handler, in order, or an answer that refuses it. */
export type Reading = { events: unknown[] } | Refusal;

export interface Refusal {
  status: 400 | 405;
  /** It repeats nothing of the body. */
  reason: string;
}

const ONLY_POST = 'this function takes Pub/Sub messages by POST';
const EMPTY = 'the body is empty: this function takes Pub/Sub messages';
const NOT_JSON =
  'the body is not JSON: this function takes Pub/Sub messages. If its subscription unwraps payloads, disable that';
const UNIDENTIFIED =
  'the body is the payload of a message, without the id of the message: disable payload unwrapping on the ' +
  'subscription, or let it write metadata';

/**
 * Finds the events in a request. These forms are taken: a binary or structured CloudEvent, a batch of CloudEvents, the
 * push body of a subscription, and the payload alone from a subscription that unwraps payloads and writes metadata.
 * Sources: CloudEvents 1.0, HTTP protocol binding; Pub/Sub, "Payload unwrapping for Pub/Sub push subscriptions".
 *
 * A refusal makes Pub/Sub deliver the message again. So it is for requests that Pub/Sub does not send, and for those that
 * succeed once the subscription is mended. The handler acknowledges what can never succeed.
 */
export function readRequest({ method, headers, bytes, parsed }: FunctionRequest): Reading {
  if (method !== 'POST') return { status: 405, reason: ONLY_POST };
  const traceparent = textOf(headers.traceparent);
  const messageId = textOf(headers['x-goog-pubsub-message-id']);
  if (messageId !== undefined) return { events: [{ ...unwrapped(messageId, headers, bytes), traceparent }] };
  const context = binaryContext(headers);
  const body = parsed ?? parse(bytes);
  if (context !== undefined) return { events: [{ ...context, data: dataOf(body, bytes), traceparent }] };
  if (bytes.length === 0) return { status: 400, reason: EMPTY };
  if (typeof body !== 'object' || body === null) return { status: 400, reason: NOT_JSON };
  if (Array.isArray(body)) return { events: body.length === 0 ? [body] : body };
  if (isPayload(body)) return { status: 400, reason: UNIDENTIFIED };
  return { events: [traceparent === undefined ? body : { ...body, traceparent }] };
}

/** Whether it is what Agent Assist publishes, and not something that carries it. */
export function isPayload(body: object): boolean {
  return 'conversation' in body && !('message' in body) && !('specversion' in body);
}

/** The push body that Pub/Sub would have sent without unwrapping. It writes each attribute as a header of its name. */
function unwrapped(messageId: string, headers: IncomingHttpHeaders, bytes: Buffer): object {
  return {
    message: {
      data: bytes.toString('base64'),
      attributes: headers,
      messageId,
      publishTime: textOf(headers['x-goog-pubsub-publish-time']),
    },
    subscription: textOf(headers['x-goog-pubsub-subscription-name']),
  };
}

/** The attributes of a CloudEvent in binary mode. */
function binaryContext(headers: IncomingHttpHeaders): object | undefined {
  const id = textOf(headers['ce-id']);
  if (id === undefined) return undefined;
  return { id, source: textOf(headers['ce-source']), time: textOf(headers['ce-time']) };
}

/** A payload keeps its bytes, because the desktops get its text as it was published. */
function dataOf(body: unknown, bytes: Buffer): unknown {
  return typeof body === 'object' && body !== null && !isPayload(body) ? body : bytes;
}

/** The content type is not asked: subscriptions and tools label the same JSON in several ways. */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
