import { AccessPolicy } from '../../relay/access/access-policy.ts';
import type { ClientInfo } from '../../relay/access/client-info.ts';
import { quietLogger } from './quiet-logger.ts';
import { TEST_PROJECT } from './redis.ts';

/** Where everything comes from in a test that is not about it. */
export const NOWHERE: ClientInfo = { address: 'unknown', trace: undefined };

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
    clientInfoOf: () => NOWHERE,
  };
}
