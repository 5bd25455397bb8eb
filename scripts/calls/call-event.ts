import type { EventKind } from '../../shared/event.ts';
import type { AssistantEventJson, ConversationEventJson } from '../local/dialogflow/types.ts';

/**
 * One event of a call that is not played yet, as scenarios and recordings give it. These stand in its texts for what
 * exists only once it is played: `{{conversation}}`, the conversation's full name; `{{location}}`,
 * `projects/PROJECT/locations/LOCATION`; `{{call}}`, the conversation's id; `{{time:MS}}`, so many milliseconds after
 * the start of the call, RFC 3339.
 */
export interface CallEvent {
  /** From the start of the call, in milliseconds at the pace of speech. */
  atMs: number;
  kind: EventKind;
  /** Attributes of the Pub/Sub message; only interim transcripts have some. */
  attributes: Readonly<Record<string, string>>;
  data: CallData;
}

/** A HumanAgentAssistantEvent or ConversationEvent as JSON. */
export type CallData = AssistantEventJson | ConversationEventJson;

/** Where and when a call is played. */
export interface Placement {
  /** `projects/PROJECT/locations/LOCATION` */
  location: string;
  conversationId: string;
  startedAt: Date;
  /** How many times as fast as speech. */
  speed: number;
}

export const conversationName = ({
  location,
  conversationId,
}: Pick<Placement, 'location' | 'conversationId'>) => `${location}/conversations/${conversationId}`;

const PLACEHOLDER = /\{\{(?:(conversation|location|call)|time:(-?\d{1,12}))\}\}/g;

/** The event of one conversation: every placeholder is filled in. */
export function placeEvent(event: CallEvent, placement: Placement): CallEvent {
  const names: Readonly<Record<string, string>> = {
    conversation: conversationName(placement),
    location: placement.location,
    call: placement.conversationId,
  };
  const timeAfter = (ms: number) =>
    new Date(placement.startedAt.getTime() + ms / placement.speed).toISOString();
  const fill = (text: string) =>
    text.replace(PLACEHOLDER, (_whole, name: string | undefined, ms: string | undefined) =>
      name === undefined ? timeAfter(Number(ms)) : (names[name] ?? ''),
    );
  return {
    ...event,
    attributes: mapTexts(event.attributes, fill),
    data: mapTexts(event.data, fill),
  };
}

/** The same value with each text in it replaced, at any depth. */
export function mapTexts<T>(value: T, replace: (text: string) => string): T {
  const map = (each: unknown): unknown => {
    if (typeof each === 'string') return replace(each);
    if (Array.isArray(each)) return each.map(map);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([name, member]) => [name, map(member)]));
  };
  return map(value) as T;
}
