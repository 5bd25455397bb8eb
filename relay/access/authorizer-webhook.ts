import { Agent, type Dispatcher } from 'undici';
import * as v from 'valibot';
import type { ShortName } from '../../shared/conversation-name.ts';
import { ROLES } from '../identity/identity.ts';
import { AUTHORIZER_ANSWER_MAX_BYTES, AUTHORIZER_CONNECTIONS } from '../limits.ts';

/** What somebody is about to do: get a conversation's events, read with `GET`, or change with `POST` and the like. */
export type Action = 'join' | 'read' | 'write';

/** What the authorizer is asked. Nothing else of a request goes to it: no content, no phone number, no token. */
export interface Question {
  /** `sub` is the verified identity, `provider` who verified it. */
  agent: { sub: string; provider: string };
  /** `null` for what belongs to no conversation, and for what makes one. */
  conversation: ShortName | null;
  action: Action;
}

const answer = v.object({
  decision: v.picklist(['allow', 'deny']),
  role: v.nullish(v.picklist(ROLES)),
});

export type Answer = v.InferOutput<typeof answer>;

/** There is no answer, or none that can be understood. The text holds nothing of question or answer. */
export class AuthorizerUnavailable extends Error {
  override readonly name = 'AuthorizerUnavailable';
  /** Whether it is out of order. Else it has answered, and what it said may have been meant as a no. */
  readonly isOutage: boolean;

  constructor(message: string, { isOutage }: { isOutage: boolean }) {
    super(message);
    this.isOutage = isOutage;
  }
}

/** Too many calls and time-outs: like all of 500 and above the authorizer's trouble, and no answer. */
const TRY_AGAIN = new Set([408, 425, 429]);

export interface Webhook {
  /**
   * @param trace the Cloud Trace name of the request that the question is about.
   * @throws {AuthorizerUnavailable}
   */
  ask(question: Question, trace?: string): Promise<Answer>;
  close(): Promise<void>;
}

export interface WebhookOptions {
  url: string;
  /** Sent as `Authorization: Bearer TOKEN`, so that the webhook can tell the relay from others. */
  token: string | undefined;
  /** How long an answer may take, in milliseconds, a wait for a free connection included. */
  timeoutMs: number;
}

/** The integrator's authorizer: a POST of JSON, and JSON in a `200`. Redirects are not followed. */
export function createWebhook({ url, token, timeoutMs }: WebhookOptions): Webhook {
  const { origin, pathname, search } = new URL(url);
  const agent = new Agent({
    connections: AUTHORIZER_CONNECTIONS,
    maxResponseSize: AUTHORIZER_ANSWER_MAX_BYTES,
    allowH2: false,
  });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'agent-assist-relay',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };

  async function send(body: string, signal: AbortSignal): Promise<string> {
    const response = await agent.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers,
      body,
      signal,
    });
    if (response.statusCode === 200) return response.body.text();
    await discard(response);
    const { statusCode } = response;
    const isOutage = statusCode >= 500 || TRY_AGAIN.has(statusCode);
    throw new AuthorizerUnavailable(`status ${statusCode}`, { isOutage });
  }

  return {
    async ask(question, trace) {
      const body = JSON.stringify(trace === undefined ? question : { ...question, trace });
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        // Again, because a server may close a kept connection in the very moment in which it is used.
        const text = await send(body, signal).catch((error: unknown) => {
          if (isBrokenConnection(error)) return send(body, signal);
          throw error;
        });
        return v.parse(answer, JSON.parse(text));
      } catch (error) {
        throw error instanceof AuthorizerUnavailable ? error : unavailable(error);
      }
    },
    close: () => agent.destroy(),
  };
}

/** Lets the connection be used again, or ends it where that is the shorter way. */
async function discard({ body }: Dispatcher.ResponseData): Promise<void> {
  await body.dump().catch(() => {});
}

function isBrokenConnection(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error));
}

function unavailable(error: unknown): AuthorizerUnavailable {
  if (error instanceof SyntaxError || error instanceof v.ValiError)
    return new AuthorizerUnavailable('not an answer', { isOutage: false });
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  const reason = isLate ? 'no answer in time' : codeOf(error) || 'unreachable';
  return new AuthorizerUnavailable(reason, { isOutage: reason !== 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
