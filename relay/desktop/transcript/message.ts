// Dialogflow's Message, as the `newMessagePayload` of an event has it.
import { type JsonObject, numberAt, objectAt, objectsAt, textAt, timeAt } from '../events/json.ts';
import { ROLES, type Role, type TextPart } from './transcript-state.ts';

export interface Message {
  name: string;
  /** The last part of the name, which interim words have, too. */
  id: string;
  text: string;
  parts: TextPart[];
  role: Role;
  time: number | undefined;
  languageCode: string;
  sentiment: number | undefined;
}

export function messageOf(payload: JsonObject): Message {
  const name = textAt(payload, 'name');
  const content = textAt(payload, 'content');
  const text = content === '' ? responseText(payload) : content;
  return {
    name,
    id: name.slice(name.lastIndexOf('/') + 1),
    text,
    parts: partsOf(payload, text),
    role: roleOf(textAt(payload, 'participantRole')),
    languageCode: textAt(payload, 'languageCode'),
    time: timeAt(payload, 'sendTime') ?? timeAt(payload, 'createTime'),
    sentiment: numberAt(objectAt(objectAt(payload, 'sentimentAnalysis'), 'queryTextSentiment'), 'score'),
  };
}

export function roleOf(role: string): Role {
  return ROLES.find((known) => known === role) ?? 'UNKNOWN';
}

/** What a virtual agent answers, where the message has no content of its own. */
function responseText(payload: JsonObject): string {
  return objectsAt(payload, 'responseMessages')
    .flatMap((response) => {
      const texts = objectAt(response, 'text').text;
      return Array.isArray(texts) ? texts.filter((text) => typeof text === 'string') : [];
    })
    .join('\n');
}

/** The pieces of the text with their entities; none where they do not make up the text. */
function partsOf(payload: JsonObject, text: string): TextPart[] {
  const parts = objectsAt(objectAt(payload, 'messageAnnotation'), 'parts').map(partOf);
  const isWhole = parts.map((part) => part.text).join('') === text;
  return isWhole && parts.some(({ entity }) => entity !== undefined) ? parts : [];
}

function partOf(part: JsonObject): TextPart {
  const text = textAt(part, 'text');
  const type = textAt(part, 'entityType');
  if (type === '') return { text };
  const { formattedValue: value } = part;
  return {
    text,
    entity: type.replace(/^@(sys\.)?/, '').replaceAll(/[-_]/g, ' '),
    ...(typeof value === 'string' && value !== text ? { value } : {}),
  };
}
