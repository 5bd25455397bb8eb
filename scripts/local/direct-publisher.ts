import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import type { EventKind } from '../../shared/event.ts';
import { topicName } from '../topics.ts';
import { type EventarcRequest, eventarcRequest, type PushBody } from './eventarc.ts';
import type { OnTaken, Publisher } from './publisher.ts';

export interface DirectPublisherOptions {
  project: string;
  functionUrls: Readonly<Record<EventKind, string>>;
  now?: () => Date;
  random?: () => number;
  /** Pause before the first redelivery, in milliseconds. */
  firstPauseMs?: number;
  /** Told when a function has acknowledged an event. */
  onTaken?: OnTaken | undefined;
}

export interface DirectPublisher extends Publisher {
  /** Gives up what has not been delivered. */
  stop(): Promise<void>;
}

/** Pub/Sub's back-off of a push subscription runs from 100 ms to 60 s. Source: Cloud Pub/Sub, push subscriptions. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60_000;
/** Pub/Sub's default deadline of a push, in milliseconds. */
const PUSH_LIMIT_MS = 10_000;
/** Pushes to one function at a time; more wait for their turn. */
const PUSHES_AT_ONCE = 128;
/** Statuses that acknowledge a push. Source: Cloud Pub/Sub, push subscriptions. */
const ACKNOWLEDGING = new Set([102, 200, 201, 202, 204]);

/**
 * Publishes without Pub/Sub: posts each event to its function as Eventarc would, side by side with the others and
 * without an order, and again until the function takes it.
 */
export function createDirectPublisher(options: DirectPublisherOptions): DirectPublisher {
  const {
    project,
    functionUrls,
    now = () => new Date(),
    random = Math.random,
    firstPauseMs = FIRST_PAUSE_MS,
    onTaken,
  } = options;
  const stopped = new AbortController();
  // A load run pushes a thousand events a second, for which fetch takes most of a core.
  const connections = new Agent({
    connections: PUSHES_AT_ONCE,
    headersTimeout: PUSH_LIMIT_MS,
    bodyTimeout: PUSH_LIMIT_MS,
  });
  const deliveries = new Set<Promise<void>>();
  // Real ids are decimal numbers of this size, and one that a former run gave must not come back.
  let lastId = BigInt(now().getTime()) * 10_000n;

  return {
    async publish(kind, json, attributes = {}) {
      if (stopped.signal.aborted) throw new Error('the publisher has been stopped');
      lastId += 1n;
      const topic = topicName(project, kind);
      const push = pushBody(topic, String(lastId), now().toISOString(), json, attributes);
      const { messageId } = push.message;
      const delivery = deliverUntilTaken(
        functionUrls[kind],
        eventarcRequest(topic, push),
        stopped.signal,
      ).then((isTaken) => {
        if (isTaken) onTaken?.(kind, messageId);
      });
      deliveries.add(delivery);
      // Never rejects: what cannot be delivered is tried again until the publisher is stopped.
      void delivery.finally(() => deliveries.delete(delivery));
      return messageId;
    },

    async stop() {
      stopped.abort();
      await connections.destroy();
      await Promise.all(deliveries);
    },
  };

  async function deliverUntilTaken(
    url: string,
    push: EventarcRequest,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (await isTaken(url, push, connections)) return true;
      const pause = Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** attempt);
      await sleep(pause * (0.5 + random() / 2), undefined, { signal }).catch(() => {});
    }
    return false;
  }
}

async function isTaken(
  url: string,
  { headers, body }: EventarcRequest,
  dispatcher: Dispatcher,
): Promise<boolean> {
  try {
    const answer = await request(url, { method: 'POST', headers, body, dispatcher });
    await answer.body.dump();
    return ACKNOWLEDGING.has(answer.statusCode);
  } catch {
    return false;
  }
}

function pushBody(
  topic: string,
  id: string,
  time: string,
  json: string,
  attributes: Record<string, string>,
): PushBody {
  return {
    message: {
      data: Buffer.from(json, 'utf8').toString('base64'),
      attributes,
      messageId: id,
      message_id: id,
      publishTime: time,
      publish_time: time,
    },
    subscription: `${topic.replace('/topics/', '/subscriptions/')}-push`,
  };
}
