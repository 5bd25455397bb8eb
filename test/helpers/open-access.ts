import { AccessPolicy } from '../../relay/access/access-policy.ts';
import type { ClientInfo } from '../../relay/access/client-info.ts';
import type { ConnectionAllowance } from '../../relay/rate-limits/agent-limiter.ts';
import { quietLogger } from './quiet-logger.ts';
import { TEST_PROJECT } from './redis.ts';

/** Where everything comes from in a test that is not about it. */
export const NOWHERE: ClientInfo = { address: 'unknown', trace: undefined };

/** What a connection may ask for in a test that is not about it. */
export const UNBOUNDED: ConnectionAllowance = {
  takeJoin: () => true,
  takeRenewal: () => true,
  takeMessage: () => true,
  release: () => {},
};

/** Access that nobody but the token decides on, and an audit that goes nowhere. */
export function openAccess(project = { id: TEST_PROJECT, number: '42' }) {
  return {
    access: new AccessPolicy({
      project,
      allowedLocations: undefined,
      authorizer: undefined,
      onFailure: 'deny',
      logger: quietLogger,
    }),
    audit: { note: () => {} },
    refusals: { note: () => {} },
    clientInfoOf: () => NOWHERE,
    agents: { connect: () => UNBOUNDED },
  };
}
