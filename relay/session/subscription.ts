import { setTimeout as sleep } from 'node:timers/promises';
import type { ShortName } from '../../shared/conversation-name.ts';
import { type Position, START } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import type { AccessLease } from '../access/access-lease.ts';
import { AccessRefusedError } from '../access/access-policy.ts';
import { JoinRefusedError } from '../access/token-sessions.ts';
import type { Hub, Membership } from '../delivery/hub.ts';
import type { JoinAnswer, Member } from '../delivery/member.ts';
import type { Desktop } from './desktop.ts';
import type { JoinStart } from './join-request.ts';
import type { SessionLimits } from './limits.ts';
import type { ReplayQueue } from './replay-queue.ts';
import type { ResumePoints } from './resume-points.ts';

/** What the subscriptions of one connection share. */
export interface SubscriptionHost {
  readonly hub: Pick<Hub, 'join'>;
  readonly desktop: Pick<Desktop, 'send' | 'reset'>;
  readonly replays: Pick<ReplayQueue, 'run'>;
  /** The positions that the relay remembers for the desktop. */
  readonly resumePoints: ResumePoints | undefined;
  readonly limits: Pick<SessionLimits, 'joinRetryMs'>;
  /** Notes a join that has failed and is tried again; a relay writes a few lines a minute of them. */
  triesAgain(conversation: ShortName, error: unknown): void;
  /** Whether the desktop keeps up. One that does not is closed. */
  keepsUp(): boolean;
}

/** One desktop's stay in one conversation, from the request to join until it leaves. */
export class Subscription implements Member {
  /** Resolves when the desktop is live or has left. Rejects if it could not be let in. */
  readonly ready: Promise<void>;
  readonly lease: AccessLease;
  readonly #host: SubscriptionHost;
  readonly #start: JoinStart;
  readonly #onJoined: (answer: JoinAnswer) => void;
  #membership: Membership | undefined;
  #isAnswered = false;
  #hasLeft = false;

  constructor(
    host: SubscriptionHost,
    lease: AccessLease,
    start: JoinStart,
    onJoined: (answer: JoinAnswer) => void,
  ) {
    this.#host = host;
    this.lease = lease;
    this.#start = start;
    this.#onJoined = onJoined;
    this.ready = this.#enterAtLast();
  }

  get conversation(): ShortName {
    return this.lease.conversation;
  }

  /** Whether the desktop was told that it has joined. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** @param outcome why, in fixed words. */
  leave(outcome: string): void {
    this.handOver().end(outcome);
  }

  /** Leaves, and gives the lease to another join of the same conversation. */
  handOver(): AccessLease {
    this.#hasLeft = true;
    this.#membership?.leave();
    return this.lease;
  }

  joined(answer: JoinAnswer): void {
    this.lease.entered();
    if (this.#isRemembered) this.#host.resumePoints?.start(this.conversation, answer.position);
    this.#isAnswered = true;
    this.#onJoined(answer);
  }

  deliver(message: ChannelMessage): void {
    const { desktop, resumePoints } = this.#host;
    if (!this.#host.keepsUp()) return;
    // Interim transcripts confirm nothing: the one that is sent may be ahead of a replay that is under way.
    const isCounted = this.#isRemembered && message.type === 'event';
    desktop.send(message, isCounted ? resumePoints?.sent(this.conversation, message.position) : undefined);
  }

  reset(position: Position, from: Position): void {
    if (this.#isRemembered) this.#host.resumePoints?.skipped(this.conversation, from, position);
    this.#host.desktop.reset(this.conversation, position, this.#start);
  }

  inTurn(read: () => Promise<() => boolean>): Promise<boolean> {
    return this.#host.replays.run(read);
  }

  get #isRemembered(): boolean {
    return this.#start === 'remembered';
  }

  /**
   * Desktops that know no cursors join once and ignore the answer. So their joins are tried until they succeed. A short
   * outage of Redis must not cost them the call.
   */
  async #enterAtLast(): Promise<void> {
    while (!this.#hasLeft) {
      try {
        return await this.#enter();
      } catch (error) {
        const isFinal = error instanceof JoinRefusedError || error instanceof AccessRefusedError;
        if (isFinal || !this.#isRemembered) throw error;
        this.#host.triesAgain(this.conversation, error);
        await sleep(this.#host.limits.joinRetryMs * (0.5 + Math.random()));
      }
    }
  }

  async #enter(): Promise<void> {
    const { hub, resumePoints } = this.#host;
    await this.lease.admit();
    const start = this.#start;
    const from = start === 'remembered' ? ((await resumePoints?.find(this.conversation)) ?? START) : start;
    if (this.#hasLeft) return;
    this.#membership = hub.join(this.conversation, this, from);
    await this.#membership.ready;
  }
}
