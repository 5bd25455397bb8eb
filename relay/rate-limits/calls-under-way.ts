import type { Claims } from '../identity/claims.ts';
import { agentKey } from './agent-key.ts';
import { FairShare } from './fair-share.ts';
import { FairTurns, TurnTimeoutError } from './fair-turns.ts';
import type { RateLimits } from './limits.ts';
import { RateLimitedError } from './rate-limited-error.ts';

/** When to try again, in milliseconds: calls of the agent's end all the time. */
const TRY_AGAIN_MS = 1_000;

/** A call to Dialogflow, from its token until its answer is sent. */
export interface CallUnderWay {
  /**
   * Counts bytes of the body that are kept in memory.
   *
   * @throws {RateLimitedError} when the bodies of the agent's calls have more bytes than its share.
   */
  hold(bytes: number): void;
  /**
   * Waits until a connection to Dialogflow is free for the agent.
   *
   * @throws {RateLimitedError} when that takes too long.
   */
  connection(signal: AbortSignal): Promise<void>;
  /** Gives back all that the call has taken. A second call does nothing. */
  end(): void;
}

/**
 * How much of the relay the proxied calls of one agent may occupy at the same time: calls, bytes of their bodies and
 * connections to Dialogflow. Agents share the latter two fairly.
 */
export class CallsUnderWay {
  readonly #max: number;
  readonly #counts = new Map<string, number>();
  readonly #bytes: FairShare;
  readonly #connections: FairTurns;

  constructor(limits: RateLimits) {
    this.#max = limits.callsUnderWayMax;
    this.#bytes = new FairShare(limits.callBodiesMaxBytes);
    this.#connections = new FairTurns(limits.dialogflowConnectionsMax, limits.dialogflowConnectionWaitMs);
  }

  /** @throws {RateLimitedError} when the agent has too many. */
  begin(claims: Pick<Claims, 'subject' | 'tokenId'>): CallUnderWay {
    const agent = agentKey(claims);
    const tooMany = () => tooManyOf(claims);
    const count = this.#counts.get(agent) ?? 0;
    if (count >= this.#max) throw tooMany();
    this.#counts.set(agent, count + 1);
    let held = 0;
    let hasEnded = false;
    let endTurn: (() => void) | undefined;
    return {
      hold: (bytes) => {
        if (hasEnded || !this.#bytes.take(agent, bytes)) throw tooMany();
        held += bytes;
      },
      connection: async (signal) => {
        endTurn = await this.#connections.take(agent, signal).catch((error: unknown) => {
          throw error instanceof TurnTimeoutError ? tooMany() : error;
        });
        // The client may have left at the moment of its turn.
        if (hasEnded) endTurn();
      },
      end: () => {
        if (hasEnded) return;
        hasEnded = true;
        endTurn?.();
        this.#bytes.give(agent, held);
        this.#leave(agent);
      },
    };
  }

  #leave(agent: string): void {
    const count = (this.#counts.get(agent) ?? 0) - 1;
    if (count > 0) this.#counts.set(agent, count);
    else this.#counts.delete(agent);
  }
}

function tooManyOf(agent: Pick<Claims, 'subject' | 'tokenId'>): RateLimitedError {
  const refusal = { reason: 'limit-calls-under-way', agent } as const;
  return new RateLimitedError('Too many calls to Dialogflow are under way: wait.', TRY_AGAIN_MS, refusal);
}
