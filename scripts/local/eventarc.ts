import { CloudEvent, HTTP } from 'cloudevents';

/** A Pub/Sub message as a push subscription delivers it. Source: Cloud Pub/Sub, push subscriptions, message format. */
export interface PushBody {
  message: {
    /** Base64. */
    data: string;
    attributes: Record<string, string>;
    messageId: string;
    message_id: string;
    publishTime: string;
    publish_time: string;
  };
  subscription: string;
}

export interface EventarcIdentity {
  /** `projects/PROJECT/topics/TOPIC` */
  topic: string;
  messageId: string;
  /** RFC 3339. */
  publishTime: string;
}

export interface EventarcRequest {
  headers: Record<string, string>;
  body: string;
}

/**
 * The headers of Eventarc's binary-mode CloudEvent for a message: its id is the message's, its source the topic.
 * Source: Eventarc, events format, google.cloud.pubsub.topic.v1.messagePublished.
 */
export function eventarcHeaders(identity: EventarcIdentity): Record<string, string> {
  return toRequest(identity, undefined).headers;
}

/** The whole request that Eventarc sends to a function for a message. */
export function eventarcRequest(topic: string, push: PushBody): EventarcRequest {
  const { messageId, publishTime } = push.message;
  return toRequest({ topic, messageId, publishTime }, push);
}

function toRequest(
  { topic, messageId, publishTime }: EventarcIdentity,
  data: PushBody | undefined,
): EventarcRequest {
  const event = new CloudEvent({
    id: messageId,
    source: `//pubsub.googleapis.com/${topic}`,
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    time: publishTime,
    datacontenttype: 'application/json',
    ...(data === undefined ? {} : { data }),
  });
  const { headers, body } = HTTP.binary(event);
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: typeof body === 'string' ? body : '',
  };
}
