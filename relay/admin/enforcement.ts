import { CLOSE } from '../../shared/close-codes.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { Revocations } from '../access/revocations.ts';
import type { RefusalLog } from '../refusals/refusals.ts';
import type { Revocable } from '../session/revocable.ts';
import type { AdminLimits } from './limits.ts';

export interface EnforcementDeps {
  revocations: Pick<Revocations, 'poll' | 'knows' | 'recordOf'>;
  /** The connections of this relay. */
  connections(): Iterable<Revocable>;
  /** Is told of a connection before it is closed, and of the conversations that it lost; undefined for all. */
  onRevoked: OnRevoked;
  /** Removes from Redis what this relay has stored of a conversation for the desktops of these connections. */
  removeTraces(conversation: ShortName, closed: readonly Revocable[]): Promise<void>;
  refusals: RefusalLog;
  logger: Logger;
  limits: Pick<AdminLimits, 'revocationPollMs'>;
}

export type OnRevoked = (connection: Revocable, conversations?: readonly ShortName[]) => void;

/** Closes this relay's connections as soon as they are revoked. */
export class Enforcement {
  readonly #deps: EnforcementDeps;
  readonly #timer: NodeJS.Timeout;
  #isPolling = false;

  constructor(deps: EnforcementDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.#poll(), deps.limits.revocationPollMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      if (await this.#deps.revocations.poll()) await this.#enforce();
    } catch (err) {
      // Redis is away, which its connection reports, and the next poll is near.
      this.#deps.logger.debug({ err }, 'cannot look for revocations');
    } finally {
      this.#isPolling = false;
    }
  }

  async #enforce(): Promise<void> {
    const { revocations, refusals, connections, onRevoked, removeTraces } = this.#deps;
    const erased = new Map<ShortName, Revocable[]>();
    for (const connection of connections()) {
      const { claims } = connection;
      if (claims === undefined) continue;
      const withdrawn = [...connection.subscriptions.keys()].filter(
        (conversation) => revocations.recordOf(conversation, claims) !== undefined,
      );
      for (const conversation of withdrawn) {
        if (!revocations.recordOf(conversation, claims)?.erases) continue;
        erased.set(conversation, [...(erased.get(conversation) ?? []), connection]);
      }
      if (revocations.knows(claims)) {
        onRevoked(connection);
        connection.close(CLOSE.revoked);
      } else if (withdrawn.length > 0) {
        for (const conversation of withdrawn)
          refusals.note('access-revoked', { refused: 'join', agent: claims, conversation });
        onRevoked(connection, withdrawn);
        connection.close(CLOSE.withdrawn);
      }
    }
    // Connections store their positions when they end, so the removal comes after that.
    for (const [conversation, closed] of erased) {
      void Promise.all(closed.map(({ ended }) => ended))
        .then(() => removeTraces(conversation, closed))
        .catch((err: unknown) => this.#deps.logger.error({ err }, 'cannot erase what desktops have left'));
    }
  }
}
