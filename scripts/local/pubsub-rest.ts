/**
 * The few calls of the Pub/Sub REST API that the local stack and the call simulator make. Source: Cloud Pub/Sub REST
 * reference, v1.
 */
export interface PubsubClient {
  /** `topic` is `projects/PROJECT/topics/TOPIC`; a topic that exists is left as it is. */
  createTopic(topic: string): Promise<void>;
  /** `subscription` is `projects/PROJECT/subscriptions/SUBSCRIPTION`. */
  createPushSubscription(subscription: string, topic: string, endpoint: string): Promise<void>;
  /** Resolves with the message's id once Pub/Sub has it. */
  publish(topic: string, data: string, attributes: Record<string, string>): Promise<string>;
}

/** Seconds that a push may take before it is delivered again; Pub/Sub's own default. */
const ACK_DEADLINE_SECONDS = 10;
const REQUEST_LIMIT_MS = 10_000;
const ALREADY_EXISTS = 409;

/**
 * @param baseUrl where the API is, e.g. `http://127.0.0.1:8085`
 * @param accessToken of an account that may publish; the emulator needs none.
 */
export function createPubsubClient(baseUrl: string, accessToken?: string): PubsubClient {
  const authorization = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };

  async function call(
    method: 'PUT' | 'POST',
    path: string,
    body: unknown,
    tolerated?: number,
  ): Promise<unknown> {
    const response = await fetch(`${baseUrl}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    }).catch((error: unknown) => {
      // The error of fetch says no more than that it failed.
      throw new Error(`Pub/Sub at ${baseUrl} cannot be reached`, { cause: error });
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    if (response.status === tolerated) return {};
    throw new Error(`${method} ${path}: HTTP ${response.status}`);
  }

  return {
    async createTopic(topic) {
      await call('PUT', topic, {}, ALREADY_EXISTS);
    },

    async createPushSubscription(subscription, topic, endpoint) {
      await call('PUT', subscription, {
        topic,
        pushConfig: { pushEndpoint: endpoint },
        ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
      });
    },

    async publish(topic, data, attributes) {
      const message = { data: Buffer.from(data, 'utf8').toString('base64'), attributes };
      const answer = (await call('POST', `${topic}:publish`, { messages: [message] })) as {
        messageIds?: string[];
      };
      const id = answer.messageIds?.[0];
      if (id === undefined) throw new Error(`publishing to ${topic} gave no message id`);
      return id;
    },
  };
}
