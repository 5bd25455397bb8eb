import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { type ShortName, shortName } from '../../shared/conversation-name.ts';
import { AccessLease, type LeaseHost } from '../access/access-lease.ts';
import type { ClientInfo } from '../access/client-info.ts';
import { type Refusal, reasonOf, refusalOf } from '../access/refusal.ts';
import type { JoinAnswer } from '../delivery/member.ts';
import type { Claims } from '../identity/claims.ts';
import type { ConnectionAllowance } from '../rate-limits/agent-limiter.ts';
import { aboutRequest } from '../refusals/about-request.ts';
import { noteClose } from '../refusals/closes.ts';
import { JoinRequestError } from '../refusals/join-request-error.ts';
import type { RefusalReason } from '../refusals/reasons.ts';
import type { RefusalDetails } from '../refusals/refusals.ts';
import type { Desktop } from './desktop.ts';
import type { JoinStart } from './join-request.ts';
import { type Closable, limitAge, TIMER_MAX_MS } from './lifecycle.ts';
import { ReplayQueue } from './replay-queue.ts';
import type { Revocable } from './revocable.ts';
import type { SessionDeps, SessionMemory } from './session-deps.ts';
import { Subscription, type SubscriptionHost } from './subscription.ts';

/** Made once: a flood of joins would spend most of its time on stacks. */
const TOO_MANY_JOINS = new JoinRequestError(
  'too many joins at once: try again later',
  'unavailable',
  'limit-joins',
);

/** One connection of a desktop: its token, its conversations, its limits and its end. Both protocols share it. */
export class Session implements Closable, Revocable {
  readonly #desktop: Desktop;
  readonly #deps: SessionDeps;
  readonly #client: ClientInfo;
  readonly #memory: SessionMemory | undefined;
  readonly #subscriptions = new Map<ShortName, Subscription>();
  readonly #stopAging: () => void;
  readonly #ended: PromiseWithResolvers<void> | undefined;
  #claims: Claims | undefined;
  /** What its agent may still ask for. None before its first token. */
  allowance: ConnectionAllowance | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isClosed = false;
  // Made with the first use: a connection that shows no token stays small, and there may be thousands of them.
  #host: (SubscriptionHost & LeaseHost) | undefined;

  constructor(desktop: Desktop, client: ClientInfo, deps: SessionDeps, memory?: SessionMemory) {
    this.#desktop = desktop;
    this.#deps = deps;
    this.#client = client;
    this.#memory = memory;
    this.#ended = memory && Promise.withResolvers<void>();
    this.#stopAging = limitAge(this, deps.limits);
  }

  /** Of its present token. None before the first. */
  get claims(): Claims | undefined {
    return this.#claims;
  }

  /** What it has joined, and what it is joining. */
  get subscriptions(): ReadonlyMap<ShortName, Subscription> {
    return this.#subscriptions;
  }

  /** Whether nothing is sent to the desktop any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when it has ended and has written what it leaves in Redis. Resolves at once if it leaves nothing there. */
  get ended(): Promise<void> {
    return this.#ended?.promise ?? Promise.resolve();
  }

  /** A token was accepted: the first one, or one that renews it. The session ends with the life of the token. */
  admit(claims: Claims, lifeMs: number, allowance: ConnectionAllowance): void {
    this.#claims = claims;
    this.allowance = allowance;
    this.closeAfter(lifeMs, CLOSE.expired);
    for (const { lease } of this.#subscriptions.values()) void lease.renew();
  }

  /** Closes the session after a while, in place of the end that was set before. */
  closeAfter(ms: number, reason: CloseReason): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.close(reason), Math.min(ms, TIMER_MAX_MS));
  }

  /** Whether the desktop keeps up. One that is too slow is closed, and resumes from the log. */
  keepsUp(): boolean {
    const isTooSlow = this.#desktop.waitingBytes > this.#deps.limits.backlogMaxBytes;
    if (isTooSlow) this.close(CLOSE.slow);
    return !isTooSlow;
  }

  /**
   * The short name of a conversation that the desktop names.
   *
   * @throws what `AccessPolicy.nameOf` throws.
   */
  nameOf(name: unknown): ShortName {
    const { access, audit } = this.#deps;
    try {
      return access.nameOf(name);
    } catch (error) {
      const outcome = error instanceof Error ? error.message : 'failed';
      const [agent, client, reason] = [this.#holder(), this.#client, reasonOf(error)];
      audit.note('refuse', { refused: 'join', outcome, reason, agent, client });
      throw error;
    }
  }

  /**
   * Joins a conversation. One that the desktop has joined already is joined again from `start`, unless that is
   * `remembered`. Resolves when the desktop is live.
   *
   * @param onJoined answers the desktop before its first event. Not called if the desktop has joined already.
   * @throws what {@link refusal} explains.
   */
  async join(
    conversation: ShortName,
    start: JoinStart,
    onJoined: (answer: JoinAnswer) => void,
  ): Promise<void> {
    const { joinedMax } = this.#deps.limits;
    const before = this.#subscriptions.get(conversation);
    if (before !== undefined && start === 'remembered') return before.ready;
    if (before === undefined && this.#subscriptions.size >= joinedMax) {
      throw new JoinRequestError(`a connection may join ${joinedMax} conversations`, 'too-many-joins');
    }
    if (this.allowance?.takeJoin() !== true) throw TOO_MANY_JOINS;
    // What is remembered of it would be older than what the desktop is sent from here on.
    if (before !== undefined) this.#memory?.resumePoints.forget(conversation);
    const host = this.#subscriptionHost();
    const lease = before?.handOver() ?? new AccessLease(conversation, host);
    const subscription = new Subscription(host, lease, start, onJoined);
    this.#subscriptions.set(conversation, subscription);
    await this.#ready(subscription);
    if (!subscription.isAnswered) {
      throw new JoinRequestError('left before the conversation was joined', 'not-joined');
    }
  }

  /**
   * Leaves a conversation. False if it was not joined. A joined one may be left even if it may not be joined now.
   *
   * @throws {ConversationNameError}
   */
  leave(name: unknown): boolean {
    const conversation = shortName(name, this.#deps.project);
    const subscription = this.#subscriptions.get(conversation);
    // A leave is written to Redis like a join, so it counts as one. It is not refused: its page would skip events later.
    if (subscription === undefined) this.allowance?.takeJoin();
    subscription?.leave('left');
    this.#memory?.resumePoints.forget(conversation);
    return this.#subscriptions.delete(conversation);
  }

  /**
   * What the desktop is told of an error that its request ran into, which is noted.
   *
   * @param argument of the request; see `aboutRequest`.
   */
  refusal(error: unknown, argument: unknown): Refusal {
    const refusal = refusalOf(error);
    const { reason, message: outcome, err } = refusal;
    this.noteRefusal(reason, { ...aboutRequest(argument, error, this.#deps.project), outcome, err });
    return refusal;
  }

  /** Notes that the desktop was refused something; nothing where there is no reason. */
  noteRefusal(reason: RefusalReason | undefined, details: RefusalDetails = {}): void {
    if (reason !== undefined) this.#deps.refusals.note(reason, { ...this.#who, ...details });
  }

  /** Also that of a connection that has shown no token yet. */
  get #who() {
    return { refused: 'connection', agent: this.#claims, client: this.#client };
  }

  storedKeys(conversation: ShortName): readonly string[] {
    return this.#memory?.resumePoints.keysOf(conversation) ?? [];
  }

  announceClose(withinMs: number): void {
    this.#desktop.announceClose(withinMs);
  }

  /** May be called again for another reason, whose time limit for the peer may be shorter. */
  close(reason: CloseReason): void {
    if (!this.#isClosed && this.#desktop.isOpen) noteClose(this.#deps, reason, this.#who);
    this.#stop(reason.reason);
    this.#desktop.close(reason);
  }

  /** The connection has ended. @param isSilent whether because the desktop did not answer. */
  end(isSilent = false): void {
    this.#stop(isSilent ? CLOSE.silent.reason : undefined);
    this.#stopAging();
    this.allowance?.release();
    void this.#memory?.resumePoints.end().then(this.#ended?.resolve);
  }

  /** From here on nothing is sent, and every conversation is left. */
  #stop(outcome = 'disconnected'): void {
    this.#isClosed = true;
    clearTimeout(this.#deadline);
    for (const subscription of this.#subscriptions.values()) subscription.leave(outcome);
    this.#subscriptions.clear();
  }

  async #ready(subscription: Subscription): Promise<void> {
    const { conversation, lease } = subscription;
    try {
      await subscription.ready;
    } catch (error) {
      // Unless another join of the same conversation has taken the lease over.
      if (this.#subscriptions.get(conversation) === subscription) {
        this.#subscriptions.delete(conversation);
        lease.fail(error);
      }
      throw error;
    }
  }

  /** Whose token it is; asked for only once there is one. */
  #holder(): Claims {
    if (this.#claims === undefined) throw new Error('no token has been shown yet');
    return this.#claims;
  }

  #subscriptionHost(): SubscriptionHost & LeaseHost {
    const desktop = this.#desktop;
    this.#host ??= {
      ...this.#deps,
      desktop,
      client: this.#client,
      tokenSessions: this.#memory?.tokenSessions,
      resumePoints: this.#memory?.resumePoints,
      replays: new ReplayQueue(desktop),
      claims: () => this.#holder(),
      keepsUp: () => this.keepsUp(),
      triesAgain: (conversation, error) => void this.refusal(error, conversation),
      remove: (conversation, reason) => {
        this.leave(conversation);
        this.noteRefusal('access-withdrawn', { refused: 'join', outcome: reason, conversation });
        desktop.removed(conversation, reason);
      },
    };
    return this.#host;
  }
}
