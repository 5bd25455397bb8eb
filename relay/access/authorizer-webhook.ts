import * as v from 'valibot';
import type { ShortName } from '../../shared/conversation-name.ts';
import { ROLES } from '../identity/identity.ts';
import { BoundedClient, OutageError } from '../outbound-http/bounded-client.ts';
import { outboundAgent } from '../outbound-http/outbound-agent.ts';
import type { AccessLimits } from './limits.ts';

/**
 * What an agent wants to do: get a conversation's events, read with `GET`, change with another method, give feedback on a
 * suggestion, whose name does not tell its conversation, or list the conversations of the project.
 */
export type Action = 'join' | 'read' | 'write' | 'feedback' | 'list';

/** What the authorizer is asked. It gets nothing else of a request: no content, no phone number and no token. */
export interface Question {
  /** `sub` is the verified identity, and `provider` has verified it. */
  agent: { sub: string; provider: string };
  /** `null` for what belongs to no conversation, and for what creates one. */
  conversation: ShortName | null;
  action: Action;
}

const answer = v.object({
  decision: v.picklist(['allow', 'deny']),
  role: v.nullish(v.picklist(ROLES)),
});

export type Answer = v.InferOutput<typeof answer>;

/** There is no valid answer. The message holds nothing of the question or of an answer. */
export class AuthorizerUnavailable extends Error {
  override readonly name = 'AuthorizerUnavailable';
  /** Whether the authorizer is out of order. Otherwise it has answered, and may have meant to refuse. */
  readonly isOutage: boolean;

  constructor(message: string, { isOutage }: { isOutage: boolean }) {
    super(message);
    this.isOutage = isOutage;
  }
}

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
  /** Sent as `Authorization: Bearer TOKEN`, so that the webhook can recognize the relay. */
  token: string | undefined;
  limits: Pick<AccessLimits, 'authorizerTimeoutMs' | 'authorizerAnswerMaxBytes' | 'authorizerConnections'>;
}

/** The integrator's authorizer: a POST of JSON, and JSON in a `200`. */
export function createWebhook({ url, token, limits }: WebhookOptions): Webhook {
  const agent = outboundAgent(limits.authorizerConnections);
  const client = new BoundedClient({
    dispatcher: agent,
    timeoutMs: limits.authorizerTimeoutMs,
    answerMaxBytes: limits.authorizerAnswerMaxBytes,
    callsMax: Number.POSITIVE_INFINITY,
    decompress: false,
    tryAgain: true,
  });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };

  return {
    async ask(question, trace) {
      const body = JSON.stringify(trace === undefined ? question : { ...question, trace });
      const received = await client.send(url, { method: 'POST', headers, body }).catch((error: unknown) => {
        throw error instanceof OutageError
          ? new AuthorizerUnavailable(error.message, { isOutage: true })
          : error;
      });
      if ('fault' in received) throw new AuthorizerUnavailable(received.fault, { isOutage: false });
      return answerIn(received.body);
    },
    close: () => agent.destroy(),
  };
}

function answerIn(text: string): Answer {
  try {
    return v.parse(answer, JSON.parse(text));
  } catch {
    throw new AuthorizerUnavailable('not an answer', { isOutage: false });
  }
}
