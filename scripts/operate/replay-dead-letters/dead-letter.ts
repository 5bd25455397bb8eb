import { EventError } from '../../../shared/errors.ts';
import { decodeEvent, EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { REPLAYED_ID, REPLAYED_TIME } from '../../../shared/replayed.ts';
import type { ReceivedMessage } from './pubsub.ts';

/** What Pub/Sub adds to a message that it gives up. Source: Cloud Pub/Sub, dead-letter topics. */
const SOURCE = 'CloudPubSubDeadLetterSource';

/** What may be seen of a message that could not be delivered: never its content. */
export interface DeadLetter {
  /** As a dead letter; the id it had before is not known. */
  id: string;
  /** When it was first published, in milliseconds since 1970. */
  publishedAt: number;
  /** How often Pub/Sub has tried. */
  attempts: number | undefined;
  /** `projects/P/subscriptions/S` that gave it up; none when its attributes name none. */
  source: string | undefined;
  /** Where it was published first: none when that subscription is gone. */
  topic: string | undefined;
  /** None when the topic is not one of the settings. */
  kind: EventKind | undefined;
  /** Short name; none when the content names none. */
  conversation: string | undefined;
  /** Why a function would drop it, however often it came. */
  fault: string | undefined;
  /** Of the content, in bytes. */
  size: number;
  received: ReceivedMessage;
}

export interface Interpretation {
  projectId: string;
  projectNumber: string | undefined;
  maxBytes: number;
  topics: ReadonlyMap<EventKind, string>;
}

export function deadLetter(
  received: ReceivedMessage,
  topic: string | undefined,
  options: Interpretation,
): DeadLetter {
  const { attributes } = received;
  const kind = EVENT_KINDS.find(
    (each) => topic === `projects/${options.projectId}/topics/${options.topics.get(each)}`,
  );
  return {
    id: received.messageId,
    publishedAt: Date.parse(publishTimeOf(received)),
    attempts: Number(attributes[`${SOURCE}DeliveryCount`]) || undefined,
    source: sourceOf(received, options.projectId),
    topic,
    kind,
    // Any kind will do where the real one is not known: they differ in what follows the conversation's name.
    ...read(received, kind ?? 'new-message-event', options),
    size: Buffer.byteLength(received.data, 'base64'),
    received,
  };
}

/** Source: Cloud Resource Manager, project ids, and Cloud Pub/Sub, resource names. */
const SUBSCRIPTION = /^projects\/[a-z0-9.:-]+\/subscriptions\/[A-Za-z][\w.~+%-]{2,254}$/;

/** The subscription that gave the message up; none when the attributes, which anybody can write, name none. */
export function sourceOf({ attributes }: ReceivedMessage, projectId: string): string | undefined {
  const project = attributes[`${SOURCE}SubscriptionProject`] ?? projectId;
  const name = `projects/${project}/subscriptions/${attributes[`${SOURCE}Subscription`] ?? ''}`;
  return SUBSCRIPTION.test(name) ? name : undefined;
}

/**
 * The message to publish again. One that comes back as a dead letter once more keeps the identity of the first time.
 */
export function replayMessage(received: ReceivedMessage): Pick<ReceivedMessage, 'data' | 'attributes'> {
  const own = Object.entries(received.attributes).filter(([name]) => !name.startsWith(SOURCE));
  return {
    data: received.data,
    attributes: {
      [REPLAYED_ID]: received.messageId,
      ...Object.fromEntries(own),
      [REPLAYED_TIME]: publishTimeOf(received),
    },
  };
}

/** Publishers write attributes as they like: one that is no time is ignored. */
function publishTimeOf({ attributes, publishTime }: ReceivedMessage): string {
  const stated = [attributes[REPLAYED_TIME], attributes[`${SOURCE}TopicPublishTime`]];
  return stated.find((time) => time !== undefined && !Number.isNaN(Date.parse(time))) ?? publishTime;
}

function read(
  message: ReceivedMessage,
  kind: EventKind,
  { projectId, projectNumber, maxBytes }: Interpretation,
): { conversation: string | undefined; fault: string | undefined } {
  try {
    const project = { id: projectId, number: projectNumber };
    const { conversation } = decodeEvent(kind, message, {
      project,
      maxBytes,
      now: new Date(0),
      fallback: {},
    });
    return { conversation, fault: undefined };
  } catch (error) {
    if (error instanceof EventError) return { conversation: undefined, fault: error.fault };
    throw error;
  }
}
