import type { ShortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { type AccessPolicy, AccessRefusedError, type RequireOptions } from '../access/access-policy.ts';
import type { Audit } from '../access/audit.ts';
import { type ClientInfo, traceName } from '../access/client-info.ts';
import { reasonOf } from '../access/refusal.ts';
import { type Claims, TOKEN_MESSAGES } from '../identity/claims.ts';
import { RateLimitedError } from '../rate-limits/rate-limited-error.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import { closingSoon, STREAM_CODE, StreamError } from './stream-error.ts';
import type { StreamingDesktop } from './streaming-desktop.ts';

export interface StreamAccessDeps {
  access: Pick<AccessPolicy, 'nameOf' | 'require'>;
  rateLimiter: Pick<RateLimiter, 'called'>;
  audit: Pick<Audit, 'note'>;
  /** Aborted when the relay begins to close its connections. */
  draining: AbortSignal;
  logger: Pick<Logger, 'warn'>;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** What is checked, as far as it is known. */
export interface CheckedRequest {
  conversation?: ShortName;
  method?: string;
}

/** Whether the agent of a connection may stream. What is refused is audited. */
export class StreamAccess {
  readonly #deps: StreamAccessDeps;
  readonly #session: StreamingDesktop['session'];
  readonly #client: ClientInfo;

  constructor(session: StreamingDesktop['session'], client: ClientInfo, deps: StreamAccessDeps) {
    this.#session = session;
    this.#client = client;
    this.#deps = deps;
  }

  /**
   * The claims of the connection's token, also of one that has expired.
   *
   * @throws {StreamError} where there is none.
   */
  holder(): Claims {
    const { claims } = this.#session;
    if (claims === undefined) throw new StreamError(STREAM_CODE.unauthenticated, TOKEN_MESSAGES.expired);
    return claims;
  }

  /**
   * Counts a request for Dialogflow.
   *
   * @throws {StreamError} when the agent has made too many.
   */
  async count(): Promise<void> {
    try {
      await this.#deps.rateLimiter.called(this.holder());
    } catch (error) {
      throw this.#refusal(error, {});
    }
  }

  /**
   * The short name of a conversation. Throws what {@link refused} takes.
   *
   * @throws {StreamError} for what is not the name of a conversation.
   */
  nameOf(conversation: string): ShortName {
    try {
      return this.#deps.access.nameOf(conversation);
    } catch (error) {
      if (error instanceof ConversationNameError && error.fault === 'not-a-conversation-name') {
        throw new StreamError(STREAM_CODE.invalidArgument, error.message);
      }
      throw error;
    }
  }

  /**
   * What the desktop is told of a request that {@link nameOf} has refused. The request counts before it is audited, so that
   * an agent cannot fill the audit log. Rejects with an error that is no refusal.
   */
  async refused(error: unknown): Promise<StreamError> {
    if (error instanceof StreamError) return error;
    if (!isRefusal(error)) throw error;
    try {
      await this.count();
    } catch (limited) {
      return this.#refusal(limited, {});
    }
    return this.#refusal(error, {});
  }

  /**
   * Checks a message as the proxy checks a POST, whose token is looked up in Redis.
   *
   * @throws {StreamError}
   */
  async requireMessage(checked: CheckedRequest & { conversation: ShortName }): Promise<void> {
    try {
      await this.#require(checked.conversation, { usesKnownRevocations: false });
    } catch (error) {
      throw this.#refusal(error, checked);
    }
  }

  /** Why the agent may not have an open stream any more; undefined while it may. */
  async lost(conversation: ShortName): Promise<StreamError | undefined> {
    try {
      await this.#require(conversation);
      return undefined;
    } catch (error) {
      // An authorizer that does not answer takes nothing away that was given.
      if (error instanceof AccessRefusedError && error.isTemporary) return undefined;
      return this.#refusal(error, { conversation });
    }
  }

  /** @throws {StreamError} where the token has ended, or the relay is going to. */
  async #require(conversation: ShortName, options?: RequireOptions): Promise<void> {
    const agent = this.holder();
    if (agent.expiresAt * 1000 <= this.#deps.now()) {
      throw new StreamError(STREAM_CODE.unauthenticated, TOKEN_MESSAGES.expired);
    }
    if (this.#deps.draining.aborted || this.#session.isClosed) throw closingSoon();
    const trace = traceName(this.#client);
    await this.#deps.access.require(agent, 'write', conversation, { ...options, trace });
  }

  #refusal(error: unknown, { conversation, method }: CheckedRequest): StreamError {
    if (error instanceof StreamError) return error;
    const limited = error instanceof AccessRefusedError ? error.cause : error;
    if (limited instanceof RateLimitedError) {
      const { reason } = limited.refusal;
      return new StreamError(STREAM_CODE.resourceExhausted, limited.message, { reason });
    }
    if (!isRefusal(error)) {
      // Redis, which tells whether access was revoked.
      this.#deps.logger.warn({ err: error }, 'a stream could not be checked');
      return new StreamError(STREAM_CODE.unavailable, 'access cannot be checked right now: try again');
    }
    const { message: outcome } = error;
    const reason = reasonOf(error);
    const { claims: agent } = this.#session;
    const client = this.#client;
    this.#deps.audit.note('refuse', {
      refused: 'write',
      outcome,
      reason,
      route: method,
      conversation,
      agent,
      client,
    });
    const isTemporary = error instanceof AccessRefusedError && error.isTemporary;
    const code = isTemporary ? STREAM_CODE.unavailable : STREAM_CODE.permissionDenied;
    return new StreamError(code, outcome, { reason });
  }
}

function isRefusal(error: unknown): error is AccessRefusedError | ConversationNameError {
  return error instanceof AccessRefusedError || error instanceof ConversationNameError;
}
