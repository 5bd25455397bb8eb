import type { EventKind } from '../../../shared/event.ts';
import type { DeliveredEvent } from '../../../shared/wire.ts';
import { isObject, type JsonObject } from './json.ts';

/** An event of the relay as the page works with it. */
export interface CallEvent {
  kind: EventKind;
  /** Tells a repeated event; `''` where Pub/Sub gave no id. */
  id: string;
  /** Pub/Sub's publish time in milliseconds since 1970; 0 where it is not known. */
  publishedAt: number;
  /** Whether it happened before the page joined, or while it was offline. */
  isReplayed: boolean;
  /** Dialogflow's JSON, parsed. */
  payload: JsonObject;
  /** Only with interim transcripts: who speaks, and the id of the message that the words become. */
  role: string;
  utterance: string;
}

/** Parses an event; undefined where its data is not a JSON object. */
export function callEvent(delivered: DeliveredEvent, isReplayed: boolean): CallEvent | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(delivered.data);
  } catch {
    return undefined;
  }
  if (!isObject(payload)) return undefined;
  const { data_type: kind, message_id: messageId } = delivered;
  return {
    kind,
    id: messageId === '' ? '' : `${kind} ${messageId}`,
    publishedAt: Date.parse(delivered.publish_time) || 0,
    isReplayed,
    payload,
    role: delivered.participant_role ?? '',
    utterance: delivered.new_recognition_result_message_id ?? '',
  };
}
