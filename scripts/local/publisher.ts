import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { topicName } from '../topics.ts';
import type { PubsubClient } from './pubsub-rest.ts';

/** Where Dialogflow's notifications go. */
export interface Publisher {
  /**
   * Publishes one event; resolves with its message id once it will be delivered, which may be after its delivery.
   *
   * @param json text of a HumanAgentAssistantEvent or ConversationEvent
   */
  publish(kind: EventKind, json: string, attributes?: Record<string, string>): Promise<string>;
}

/** Told of an event that its function has acknowledged, by the id that Pub/Sub gave it. */
export type OnTaken = (kind: EventKind, messageId: string) => void;

/**
 * Publishes through Pub/Sub: makes the four topics, each with a push subscription to `ENDPOINT/TOPIC`.
 *
 * @param endpoint the Eventarc stand-in, without a slash at its end
 */
export async function createPubsubPublisher(
  pubsub: PubsubClient,
  project: string,
  endpoint: string,
): Promise<Publisher> {
  for (const kind of EVENT_KINDS) {
    const topic = topicName(project, kind);
    await pubsub.createTopic(topic);
    await pubsub.createPushSubscription(
      `${topic.replace('/topics/', '/subscriptions/')}-push`,
      topic,
      `${endpoint}/${topic}`,
    );
  }
  return publishTo(pubsub, (kind) => topicName(project, kind));
}

/**
 * Publishes to topics that exist.
 *
 * @param topicOf `projects/PROJECT/topics/TOPIC`
 */
export function publishTo(
  pubsub: Pick<PubsubClient, 'publish'>,
  topicOf: (kind: EventKind) => string,
): Publisher {
  return { publish: (kind, json, attributes = {}) => pubsub.publish(topicOf(kind), json, attributes) };
}
