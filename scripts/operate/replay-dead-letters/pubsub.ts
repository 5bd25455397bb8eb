// The calls of the Pub/Sub REST API that replaying takes. gcloud has them too, but takes a message's content as an
// argument, where every user of the machine can read it. Source: Cloud Pub/Sub REST reference, v1.
import { fetchFailure } from '../../fetch-failure.ts';
import { at } from '../../gcloud/step.ts';
import { RequestError } from '../../request-error.ts';

export interface ReceivedMessage {
  ackId: string;
  messageId: string;
  publishTime: string;
  /** Base64. */
  data: string;
  attributes: Readonly<Record<string, string>>;
}

/** Names are whole: `projects/P/topics/T`, `projects/P/subscriptions/S`. Every call rejects with a {@link RequestError}. */
export interface Pubsub {
  /** What is there now, at most `max`; an empty answer does not prove that nothing is left. */
  pull(subscription: string, max: number): Promise<ReceivedMessage[]>;
  /** Keeps the messages from everybody else for so long; 0 gives them back at once. */
  hold(subscription: string, ackIds: readonly string[], seconds: number): Promise<void>;
  acknowledge(subscription: string, ackId: string): Promise<void>;
  /** Resolves once Pub/Sub has stored it. */
  publish(topic: string, message: Pick<ReceivedMessage, 'data' | 'attributes'>): Promise<void>;
  /** The topic of a subscription; none when either is gone, or the account may not see it. */
  topicOf(subscription: string): Promise<string | undefined>;
}

const REQUEST_LIMIT_MS = 30_000;
const DELETED_TOPIC = '_deleted-topic_';

/**
 * @param baseUrl `https://pubsub.googleapis.com`, or an emulator.
 * @param token goes along as a bearer; none to an emulator.
 */
export function createPubsub(baseUrl: string, token: string | undefined): Pubsub {
  async function call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${baseUrl}/v1/${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    }).catch((error: unknown) => {
      throw new RequestError(`${path}: no answer (${fetchFailure(error)})`);
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    // Only the status: an error's text may quote what was sent.
    throw new RequestError(`${path}: HTTP ${response.status}`, response.status);
  }

  return {
    async pull(subscription, max) {
      const answer = await call('POST', `${subscription}:pull`, {
        maxMessages: max,
        returnImmediately: true,
      });
      const received = at(answer, 'receivedMessages');
      return Array.isArray(received) ? received.map(toMessage) : [];
    },

    async hold(subscription, ackIds, seconds) {
      if (ackIds.length === 0) return;
      await call('POST', `${subscription}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds: seconds });
    },

    async acknowledge(subscription, ackId) {
      await call('POST', `${subscription}:acknowledge`, { ackIds: [ackId] });
    },

    async publish(topic, { data, attributes }) {
      const answer = await call('POST', `${topic}:publish`, { messages: [{ data, attributes }] });
      if (typeof at(answer, 'messageIds', 0) !== 'string')
        throw new RequestError(`${topic}:publish gave no id`);
    },

    async topicOf(subscription) {
      try {
        const topic = at(await call('GET', subscription), 'topic');
        return typeof topic === 'string' && topic !== DELETED_TOPIC ? topic : undefined;
      } catch (error) {
        if (error instanceof RequestError && (error.status === 404 || error.status === 403)) return undefined;
        throw error;
      }
    },
  };
}

function toMessage(entry: unknown): ReceivedMessage {
  const text = (...path: string[]) => String(at(entry, ...path) ?? '');
  const attributes = at(entry, 'message', 'attributes');
  return {
    ackId: text('ackId'),
    messageId: text('message', 'messageId'),
    publishTime: text('message', 'publishTime'),
    data: text('message', 'data'),
    attributes: typeof attributes === 'object' && attributes !== null ? { ...attributes } : {},
  };
}
