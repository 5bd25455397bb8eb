import { eventarcRequest } from '../scripts/local/eventarc.ts';
import { topicName } from '../scripts/topics.ts';
import type { ShortName } from '../shared/conversation-name.ts';
import type { EventKind } from '../shared/event.ts';

/** The event that is measured: the final transcript of what a customer or an agent said. */
export const KIND = 'new-message-event' satisfies EventKind;

export const PROJECT = 'bench-project';

export function conversationName(index: number): ShortName {
  return `projects/${PROJECT}/conversations/bench-call-${String(index).padStart(11, '0')}`;
}

export function conversationNames(count: number): ShortName[] {
  return Array.from({ length: count }, (_, index) => conversationName(index));
}

/** What Dialogflow publishes when somebody has said something. */
export function publishedMessage(name: ShortName): string {
  const withLocation = name.replace('/conversations', '/locations/global/conversations');
  return JSON.stringify({
    conversation: withLocation,
    type: 'NEW_MESSAGE',
    newMessagePayload: {
      name: `${withLocation}/messages/Yk3uD0qXRv-5bN8fGw1sTA`,
      content:
        'My parcel was due on Monday and the tracking page still says that it has not left. Can you check?',
      languageCode: 'en-GB',
      participant: 'Hc7vN2pLQ8-rT5xYb1ZkEw',
      participantRole: 'END_USER',
      createTime: '2026-03-12T09:15:41.387Z',
      sendTime: '2026-03-12T09:15:41.200Z',
    },
  });
}

/** Pub/Sub's own ids are decimal numbers of this length. */
const ID_LENGTH = 17;
const ID_PLACEHOLDER = '1'.repeat(ID_LENGTH);

/** Makes the requests by which Eventarc brings events to a function, each event with an id of its own. */
export class EventSource {
  /** For each conversation a request, cut where the id stands. */
  readonly #templates: string[][];
  #count = 0;

  constructor(conversations: readonly ShortName[]) {
    this.#templates = conversations.map((name) => requestFor(name).split(ID_PLACEHOLDER));
  }

  /** How many requests it has made. */
  get count(): number {
    return this.#count;
  }

  /** The conversations take turns. */
  next(): { id: string; request: string } {
    const id = `2${String(this.#count).padStart(ID_LENGTH - 1, '0')}`;
    const template = this.#templates[this.#count % this.#templates.length] ?? [];
    this.#count++;
    return { id, request: template.join(id) };
  }
}

function requestFor(name: ShortName): string {
  const time = '2026-03-12T09:15:41.455Z';
  const topic = topicName(PROJECT, KIND);
  const { headers, body } = eventarcRequest(topic, {
    message: {
      data: Buffer.from(publishedMessage(name)).toString('base64'),
      attributes: {},
      messageId: ID_PLACEHOLDER,
      message_id: ID_PLACEHOLDER,
      publishTime: time,
      publish_time: time,
    },
    subscription: `${topic.replace('/topics/', '/subscriptions/')}-push`,
  });
  const lines = Object.entries({ host: '127.0.0.1', 'content-length': Buffer.byteLength(body), ...headers });
  return `POST / HTTP/1.1\r\n${lines.map(([field, value]) => `${field}: ${value}\r\n`).join('')}\r\n${body}`;
}
