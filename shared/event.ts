import type { protos } from '@google-cloud/dialogflow';
import { type Project, type ShortName, shortName } from './conversation-name.ts';
import { ConversationNameError, EventError } from './errors.ts';
import { attributesOf, messageIdOf, type PubsubMessage, publishTimeOf } from './pubsub-message.ts';
import { replayedOf } from './replayed.ts';

/** The four kinds of events: the desktop's Socket.IO event, the function's name and the envelope's `data_type`. */
export const EVENT_KINDS = [
  'human-agent-assistant-event',
  'new-message-event',
  'conversation-lifecycle-event',
  'new-recognition-result-notification-event',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** Interim transcripts: the only kind that is conflated and not retained. */
export const INTERIM_KIND = 'new-recognition-result-notification-event' satisfies EventKind;

/** Largest payload of a message that a function takes, unless the variable of this name says otherwise. */
export const EVENT_MAX_BYTES = 1024 * 1024;

/** The start and the end of a conversation, and what is said of it as a whole. */
export const LIFECYCLE_KIND = 'conversation-lifecycle-event' satisfies EventKind;

/**
 * What a desktop receives, the fields in this order; the relay adds `cursor`. Source: the wire format of Google's
 * reference backend, on which the existing desktops rely.
 */
export interface Envelope {
  /** Without location. */
  conversation_name: string;
  /** The published JSON text of a HumanAgentAssistantEvent or ConversationEvent, byte for byte. */
  data: string;
  data_type: EventKind;
  /** When the function took the event: RFC 3339 in UTC, whole seconds. */
  ack_time: string;
  /** Pub/Sub's publishTime as it came. */
  publish_time: string;
  message_id: string;
  /** Only with interim transcripts: the attribute `participant_role`, or ''. */
  participant_role?: string;
  /** Only with interim transcripts: the attribute `message_id`, or ''. */
  new_recognition_result_message_id?: string;
}

/** What a Pub/Sub message becomes: the envelope as JSON text, and what the event log has to know of it. */
export interface AgentAssistEvent {
  conversation: ShortName;
  kind: EventKind;
  /** Pub/Sub's message id, or that of a {@link replayedOf dead letter}; '' when there is none: then duplicates cannot
   * be recognised. */
  messageId: string;
  publishTime: string;
  /** The {@link Envelope} as JSON text. */
  json: string;
  /** The utterance an interim transcript belongs to; none when Dialogflow's attributes do not tell. */
  utterance?: { participant: string; message: string };
  /** Dialogflow's id of the message whose utterance is over with this event. */
  closes?: string;
  /** Whether the conversation is finished with this event, which Dialogflow may say more than once. */
  finishes?: true;
  /** What this event says of the conversation for good. The log keeps it for longer than the event. */
  marks?: Mark;
}

/** What a lifecycle event can say of a conversation, beside its start and its end. */
export type Mark = 'human_intervention_needed' | 'unrecoverable_error';

export interface DecodeOptions {
  project: Project;
  /** The largest payload taken, in bytes after base64. */
  maxBytes: number;
  now: Date;
  /** Stand-ins for a message without id or time of its own: those of the CloudEvent that carried it. */
  fallback: { id?: string | undefined; time?: string | undefined };
}

/**
 * Decodes a Pub/Sub message of one kind.
 *
 * @throws {EventError} when the message can never become an event, however often it is delivered.
 */
export function decodeEvent(
  kind: EventKind,
  message: PubsubMessage,
  options: DecodeOptions,
): AgentAssistEvent {
  const data = decodePayload(message.data, options.maxBytes);
  const published = parsePayload(data);
  const conversation = conversationOf(published, options.project);
  const attributes = attributesOf(message);
  const replayed = replayedOf(attributes);
  const messageId = replayed.messageId ?? messageIdOf(message) ?? options.fallback.id ?? '';
  const publishTime =
    replayed.publishTime ?? publishTimeOf(message) ?? options.fallback.time ?? options.now.toISOString();

  const envelope: Envelope = {
    conversation_name: conversation,
    data,
    data_type: kind,
    ack_time: `${options.now.toISOString().slice(0, 19)}Z`,
    publish_time: publishTime,
    message_id: messageId,
  };
  const event = { conversation, kind, messageId, publishTime };
  if (kind !== INTERIM_KIND) {
    const type = field<ConversationEvent>(published, 'type');
    const marks = markOf(type);
    return {
      ...event,
      json: JSON.stringify(envelope),
      ...over(finalMessageId(published)),
      ...(isFinished(type) ? { finishes: true } : {}),
      ...(marks === undefined ? {} : { marks }),
    };
  }
  const { participant_id: participant, message_id: utterance } = attributes;
  envelope.participant_role = attributes.participant_role ?? attributes.participantRole ?? '';
  envelope.new_recognition_result_message_id = utterance ?? '';
  return {
    ...event,
    json: JSON.stringify(envelope),
    ...(participant && utterance ? { utterance: { participant, message: utterance } } : {}),
    ...over(isFinal(published) ? utterance : undefined),
  };
}

const over = (messageId: string | undefined) => (messageId ? { closes: messageId } : {});

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodePayload(data: unknown, maxBytes: number): string {
  if (typeof data !== 'string' || data === '') throw new EventError('no-data', 'the message has no data');
  // Measured before anything is decoded, so that an oversized message costs no memory.
  const digits = data.length - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0);
  const size = Math.floor((digits * 3) / 4);
  if (size > maxBytes) {
    throw new EventError(
      'too-large',
      `the message has ${size} bytes, more than EVENT_MAX_BYTES (${maxBytes})`,
    );
  }
  const bytes = Buffer.from(data, 'base64');
  // Node leaves out what is not base64.
  if (digits === 0 || digits % 4 === 1 || bytes.length !== size) {
    throw new EventError('not-base64', "the message's data is not base64");
  }
  if (looksLikeProtobuf(bytes)) {
    throw new EventError(
      'protobuf',
      'the message is a serialised protobuf: set message_format to JSON for this topic in the conversation profile',
    );
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw new EventError(
      'not-json',
      'the message is not UTF-8: set message_format to JSON in the conversation profile',
    );
  }
}

/**
 * Both event types have the conversation's name as field 1, so a serialised one starts with that field's tag, a
 * length and `projects/`. A profile whose notification config leaves message_format unset publishes this form.
 */
function looksLikeProtobuf(bytes: Buffer): boolean {
  if (bytes[0] !== 0x0a) return false;
  const start = bytes.subarray(2, 13).toString('latin1');
  return start.startsWith('projects/') || start.startsWith('projects/', 1);
}

type JsonObject = { [name: string]: unknown };

function parsePayload(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own error quotes the text, which is what a customer said.
    throw new EventError(
      'not-json',
      'the message is not JSON: set message_format to JSON in the conversation profile',
    );
  }
  if (!isObject(value)) throw new EventError('no-conversation', 'the message is not a JSON object');
  return value;
}

function conversationOf(published: JsonObject, project: Project): ShortName {
  if (published.conversation === undefined) {
    throw new EventError('no-conversation', 'the message names no conversation');
  }
  try {
    return shortName(published.conversation, project);
  } catch (error) {
    if (!(error instanceof ConversationNameError)) throw error;
    throw new EventError(error.fault, error.message);
  }
}

// Types only: the package itself takes a third of a second to load.
type Dialogflow = typeof protos.google.cloud.dialogflow.v2beta1;
type ConversationEvent = InstanceType<Dialogflow['ConversationEvent']>;
type Message = InstanceType<Dialogflow['Message']>;
type StreamingRecognitionResult = InstanceType<Dialogflow['StreamingRecognitionResult']>;

/** A field in either spelling: proto3 JSON may be written in both (protobuf documentation, ProtoJSON format). */
function field<T>(value: unknown, name: keyof T & string): unknown {
  if (!isObject(value)) return undefined;
  return value[name] ?? value[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function finalMessageId(published: JsonObject): string | undefined {
  const name = field<Message>(field<ConversationEvent>(published, 'newMessagePayload'), 'name');
  return typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : undefined;
}

/** The enum's number is what proto3 JSON also takes in place of its name. */
function isFinished(type: unknown): boolean {
  return type === 'CONVERSATION_FINISHED' || type === 2;
}

function markOf(type: unknown): Mark | undefined {
  if (type === 'HUMAN_INTERVENTION_NEEDED' || type === 3) return 'human_intervention_needed';
  return type === 'UNRECOVERABLE_ERROR' || type === 4 ? 'unrecoverable_error' : undefined;
}

function isFinal(published: JsonObject): boolean {
  const result = field<ConversationEvent>(published, 'newRecognitionResultPayload');
  return field<StreamingRecognitionResult>(result, 'isFinal') === true;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
