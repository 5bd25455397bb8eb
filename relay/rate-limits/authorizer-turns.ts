import { AccessRefusedError, type Turns } from '../access/access-policy.ts';
import { AuthorizerUnavailable } from '../access/authorizer-webhook.ts';
import type { AccessLimits } from '../access/limits.ts';
import { agentKey } from './agent-key.ts';
import { FairTurns, TurnTimeoutError } from './fair-turns.ts';
import { RateLimitedError } from './rate-limited-error.ts';

/** When to try again, in milliseconds: questions of the agent's are answered all the time. */
const TRY_AGAIN_MS = 1_000;

/**
 * Shares the connections to the authorizer fairly among agents.
 *
 * An agent that waits too long behind its own questions is refused, and never let in by AUTHORIZER_ON_FAILURE=allow: it
 * could bring that about. An agent that has no turn at all in that time meets an authorizer that is too slow.
 */
export function authorizerTurns(
  limits: Pick<AccessLimits, 'authorizerConnections' | 'authorizerTimeoutMs'>,
): Turns {
  const turns = new FairTurns(limits.authorizerConnections, limits.authorizerTimeoutMs);
  return async (agent, call) => {
    const end = await turns.take(agentKey(agent)).catch((error: unknown) => {
      if (!(error instanceof TurnTimeoutError)) throw error;
      if (!error.isOwn) throw new AuthorizerUnavailable('no answer in time', { isOutage: true });
      const refusal = { reason: 'limit-authorizer', agent } as const;
      throw new AccessRefusedError('access cannot be checked right now: try again', {
        isTemporary: true,
        reason: refusal.reason,
        cause: new RateLimitedError('Too many requests: wait.', TRY_AGAIN_MS, refusal),
      });
    });
    try {
      return await call();
    } finally {
      end();
    }
  };
}
