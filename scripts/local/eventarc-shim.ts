import type { IncomingMessage, ServerResponse } from 'node:http';
import { eventarcHeaders } from './eventarc.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';

/**
 * How long a function may take, in milliseconds. The emulator waits for ever and stops a subscription for good once
 * two of its requests hang, so every push has to be answered.
 */
const FORWARD_LIMIT_MS = 10_000;

/**
 * Stands for Eventarc between the emulator's push subscriptions and the functions: a push to `/TOPIC`, the full
 * resource name, goes on to that topic's function with the headers of a CloudEvent and its body untouched. The
 * function's status comes back; 502 and 504 when there is none, which makes Pub/Sub deliver again.
 *
 * @param onTaken told when a function has taken a message of a topic.
 */
export function startEventarcShim(
  functionUrls: ReadonlyMap<string, string>,
  onTaken: (topic: string, messageId: string) => void = () => {},
): Promise<LoopbackServer> {
  return startLoopbackServer((request, response) => {
    forward(functionUrls, onTaken, request, response).catch(() => answer(response, 500));
  });
}

async function forward(
  functionUrls: ReadonlyMap<string, string>,
  onTaken: (topic: string, messageId: string) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const topic = (request.url ?? '/').slice(1);
  const functionUrl = functionUrls.get(topic);
  const body = await readBody(request);
  if (request.method !== 'POST' || functionUrl === undefined) return answer(response, 404);
  const message = parseMessage(body);
  if (message === undefined) return answer(response, 400);
  const status = await deliver(functionUrl, { topic, ...message }, body);
  if (status >= 200 && status < 300) onTaken(topic, message.messageId);
  answer(response, status);
}

async function deliver(
  functionUrl: string,
  identity: { topic: string; messageId: string; publishTime: string },
  body: Buffer,
): Promise<number> {
  try {
    const reply = await fetch(functionUrl, {
      method: 'POST',
      headers: eventarcHeaders(identity),
      // A view of exactly these bytes: what the emulator sent is what the function gets.
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(FORWARD_LIMIT_MS),
    });
    await reply.arrayBuffer();
    return reply.status;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 504 : 502;
  }
}

function parseMessage(body: Buffer): { messageId: string; publishTime: string } | undefined {
  try {
    const { message } = JSON.parse(body.toString('utf8')) as { message?: Record<string, unknown> };
    const { messageId, publishTime } = message ?? {};
    return typeof messageId === 'string' && typeof publishTime === 'string'
      ? { messageId, publishTime }
      : undefined;
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
