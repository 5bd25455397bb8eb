import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';

/** The key that the relays under attack sign with. */
export const SIGNING_KEY = 'a key for attacks, of more than 32 bytes';

const keyRing = () => [signingKey(SIGNING_KEY)] as const;
const tokens = createTokens({ projectId: TEST_PROJECT, lifetimeSeconds: 3_600, keyRing });

/** A fresh token of an agent, with an id of its own. */
export function agentToken(agent = 'attacker'): string {
  return tokens.issue(`test:${agent}`, '').token;
}
