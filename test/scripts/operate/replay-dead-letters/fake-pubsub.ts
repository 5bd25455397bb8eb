// One subscription of dead letters behind the REST API, whose every call can be watched or made to fail.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLoopbackServer } from '../../../../scripts/local/loopback-server.ts';

export interface Letter {
  messageId: string;
  publishTime: string;
  data: string;
  attributes: Record<string, string>;
}

export interface FakePubsub {
  /** `HOST:PORT`, for PUBSUB_EMULATOR_HOST. */
  host: string;
  /** Not acknowledged yet. */
  letters: Letter[];
  /** Ids of those that somebody holds. */
  held: Set<string>;
  published: { topic: string; data: string; attributes: Record<string, string> }[];
  /** Decides over a call: a status other than 200 refuses it, and its work is not done. */
  before: (verb: string) => number | Promise<number>;
  close(): Promise<void>;
}

export const PROJECT = 'demo-project';
export const SECRET_WORDS = 'my card number is 4929';

/** The `number`th of five messages that were given up an hour apart, the fifth an hour ago. */
export function letter(number: number, changes: { source?: string; data?: string } = {}): Letter {
  const conversation = `projects/${PROJECT}/locations/global/conversations/call-${number}`;
  const text = JSON.stringify({ conversation, newMessagePayload: { content: SECRET_WORDS } });
  return {
    messageId: String(100 + number),
    publishTime: new Date().toISOString(),
    data: Buffer.from(changes.data ?? text).toString('base64'),
    attributes: {
      said: SECRET_WORDS,
      CloudPubSubDeadLetterSourceSubscription: changes.source ?? 'eventarc-messages',
      CloudPubSubDeadLetterSourceSubscriptionProject: PROJECT,
      CloudPubSubDeadLetterSourceDeliveryCount: '20',
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(Date.now() - (6 - number) * 3_600_000 - 60_000)
        .toISOString()
        .replace('Z', '456Z'),
    },
  };
}

/** @param subscriptions The topic of each subscription that exists. */
export async function startFakePubsub(
  letters: Letter[],
  subscriptions: Record<string, string>,
): Promise<FakePubsub> {
  const held = new Set<string>();
  const published: FakePubsub['published'] = [];
  let serial = 0;

  const server = await startLoopbackServer((request, response) => void answer(request, response));
  const fake: FakePubsub = {
    host: new URL(server.url).host,
    letters: [...letters],
    held,
    published,
    before: () => 200,
    close: server.stop,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body: Body = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    const [, name = '', verb = 'get'] = /^\/v1\/([^:]+)(?::(\w+))?$/.exec(request.url ?? '') ?? [];
    const status = await fake.before(verb);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? work(verb, name, body) : { error: { message: 'no' } }));
  }

  function work(verb: string, name: string, body: Body): unknown {
    switch (verb) {
      case 'pull': {
        const free = fake.letters.filter(({ messageId }) => !held.has(messageId)).slice(0, body.maxMessages);
        for (const { messageId } of free) held.add(messageId);
        return {
          receivedMessages: free.map((message) => ({ ackId: `${message.messageId}/${++serial}`, message })),
        };
      }
      case 'modifyAckDeadline':
        for (const id of idsIn(body)) if (body.ackDeadlineSeconds === 0) held.delete(id);
        return {};
      case 'acknowledge':
        for (const id of idsIn(body)) held.delete(id);
        fake.letters = fake.letters.filter(({ messageId }) => !idsIn(body).includes(messageId));
        return {};
      case 'publish':
        for (const message of body.messages ?? []) {
          published.push({ topic: name, data: message.data, attributes: message.attributes });
        }
        return { messageIds: [String(++serial)] };
      default:
        return { name, topic: subscriptions[name] ?? '_deleted-topic_' };
    }
  }

  return fake;
}

interface Body {
  maxMessages?: number;
  ackIds?: string[];
  ackDeadlineSeconds?: number;
  messages?: Letter[];
}

function idsIn(body: Body): string[] {
  return (body.ackIds ?? []).map((ackId) => ackId.split('/')[0] ?? '');
}
