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
    const id = idOf(this.#count);
    return { id, request: this.requestWith(id) };
  }

  /** The request of the conversation whose turn it is, with this id. */
  requestWith(id: string): string {
    const template = this.#templates[this.#count % this.#templates.length] ?? [];
    this.#count++;
    return template.join(id);
  }
}

const idOf = (count: number) => `2${String(count).padStart(ID_LENGTH - 1, '0')}`;

/** How many messages a call of ten minutes has. */
const MESSAGES = 120;

/**
 * Calls that begin and end: whenever one has had all its messages, another begins in its place. They begin one after the
 * other, so that at any time as many begin as end.
 */
export class CallSource {
  readonly #sources: EventSource[];
  #count = 0;
  #begun: number;

  constructor(calls: number) {
    this.#begun = calls;
    this.#sources = Array.from({ length: calls }, (_, index) => new EventSource([conversationName(index)]));
  }

  get count(): number {
    return this.#count;
  }

  /** The calls take turns. */
  next(): { id: string; request: string } {
    const calls = this.#sources.length;
    const turn = this.#count % calls;
    const round = Math.floor(this.#count / calls);
    if ((round + turn) % MESSAGES === 0)
      this.#sources[turn] = new EventSource([conversationName(this.#begun++)]);
    const id = idOf(this.#count++);
    return { id, request: (this.#sources[turn] as EventSource).requestWith(id) };
  }
}

function requestFor(name: ShortName): string {
  // Of now, because the list of conversations takes no call of long ago.
  const time = new Date().toISOString();
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
