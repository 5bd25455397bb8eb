import type { ShortName } from '../../shared/conversation-name.ts';
import type { Claims } from '../identity/claims.ts';
import type { RefusalReason } from '../refusals/reasons.ts';
import { type AccessPolicy, AccessRefusedError, type RequireOptions } from './access-policy.ts';
import type { Audit } from './audit.ts';
import { type ClientInfo, traceName } from './client-info.ts';
import { coalesced } from './coalesced.ts';
import { reasonOf } from './refusal.ts';
import { JoinRefusedError, type TokenSessions } from './token-sessions.ts';

/** What the leases of one connection share. */
export interface LeaseHost {
  readonly access: Pick<AccessPolicy, 'require'>;
  readonly audit: Pick<Audit, 'note'>;
  /** Where a token has a life beyond its expiry. */
  readonly tokenSessions: Pick<TokenSessions, 'join'> | undefined;
  /** When to ask again after a question without an answer, in milliseconds. */
  readonly limits: { readonly authorizerRetryMs: number };
  readonly client: ClientInfo;
  /** Of the present token; a native connection renews it. */
  claims(): Claims;
  /** Takes the desktop out of a conversation that it may no longer see. */
  remove(conversation: ShortName, reason: string): void;
}

/**
 * A desktop's permission to see one conversation.
 *
 * While the desktop is in the conversation, the authorizer is asked again before its last answer expires. A deny ends
 * the lease. A missing answer does not: the desktop was let in, and its call goes on.
 */
export class AccessLease {
  readonly conversation: ShortName;
  readonly #host: LeaseHost;
  /** Until when the last answer may be relied on, in milliseconds since 1970. */
  #until: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #state: 'asked' | 'entered' | 'ended' = 'asked';
  /** Whether the token was renewed while the first question was under way. */
  #isStale = false;

  constructor(conversation: ShortName, host: LeaseHost) {
    this.conversation = conversation;
    this.#host = host;
  }

  /**
   * Rejects like Redis, too, where it is needed for the answer.
   *
   * @throws {AccessRefusedError} when the agent may not see the conversation.
   * @throws {JoinRefusedError} when the token may not join it.
   */
  async admit(): Promise<void> {
    this.#until = await this.#ask({ skipCache: false });
    await this.#host.tokenSessions?.join(this.conversation, this.#host.claims());
  }

  /** The desktop is in; also when it was in before and has joined again. */
  entered(): void {
    if (this.#state === 'asked') this.#note('join', 'done');
    this.#state = 'entered';
    this.#askAgainInTime(this.#until);
    if (this.#isStale) void this.renew();
  }

  /** @param outcome why, in fixed words. */
  end(outcome: string): void {
    clearTimeout(this.#timer);
    if (this.#state === 'entered') this.#note('leave', outcome);
    this.#state = 'ended';
  }

  /** The join, or another join of the same conversation, has failed: the desktop is out. */
  fail(error: unknown): void {
    const isRefused = error instanceof AccessRefusedError || error instanceof JoinRefusedError;
    if (isRefused) this.#note('refuse', error.message, reasonOf(error));
    this.end(isRefused ? error.message : 'the join failed');
  }

  /** The token is another and may open less. What the authorizer has said of its holder still holds. */
  async renew(): Promise<void> {
    this.#isStale = this.#state === 'asked';
    if (this.#state === 'entered') await this.#renew();
  }

  readonly #renew = coalesced(() => this.#check({ skipCache: false }));

  async #ask(options: RequireOptions): Promise<number | undefined> {
    const { access, client } = this.#host;
    const trace = traceName(client);
    return (await access.require(this.#host.claims(), 'join', this.conversation, { ...options, trace }))
      .until;
  }

  /** At a random moment before the end, so that desktops that came together are not asked about together for ever. */
  #askAgainInTime(until: number | undefined): void {
    clearTimeout(this.#timer);
    if (until === undefined) return;
    const ms = (until - Date.now()) * (0.7 + 0.2 * Math.random());
    this.#timer = setTimeout(() => void this.#check({ skipCache: true }), Math.max(0, ms));
  }

  async #check(options: { skipCache: boolean }): Promise<void> {
    let until: number | undefined;
    try {
      // Redis was asked about revocations at the join. The relay closes connections that are revoked later.
      until = await this.#ask({ ...options, usesKnownRevocations: true });
    } catch (error) {
      if (this.#state === 'ended') return;
      if (error instanceof AccessRefusedError && !error.isTemporary) {
        this.end(error.message);
        this.#host.remove(this.conversation, error.message);
        return;
      }
      until = Date.now() + this.#host.limits.authorizerRetryMs;
    }
    if (this.#state !== 'ended') this.#askAgainInTime(until);
  }

  #note(event: 'join' | 'leave' | 'refuse', outcome: string, reason?: RefusalReason): void {
    const { audit, client } = this.#host;
    const refused = reason === undefined ? {} : { refused: 'join' as const, reason };
    audit.note(event, {
      ...refused,
      outcome,
      conversation: this.conversation,
      agent: this.#host.claims(),
      client,
    });
  }
}
