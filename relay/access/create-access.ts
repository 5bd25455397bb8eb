import type { Config } from '../../shared/config.ts';
import { AccessPolicy, type AccessPolicyDeps } from './access-policy.ts';
import { createWebhook } from './authorizer-webhook.ts';
import { DecisionCache } from './decision-cache.ts';
import type { AccessLimits } from './limits.ts';
import type { accessSettings } from './settings.ts';

/** The access policy of the settings, and what ends its connections to the authorizer. */
export function createAccess(
  config: Config<typeof accessSettings>,
  limits: AccessLimits,
  deps: Pick<AccessPolicyDeps, 'project' | 'revocations' | 'logger' | 'turns'>,
): { access: AccessPolicy; close(): Promise<void> } {
  const { allowedLocations, authorizerUrl, authorizerToken, authorizerOnFailure } = config;
  const webhook =
    authorizerUrl === undefined
      ? undefined
      : createWebhook({ url: authorizerUrl, token: authorizerToken, limits });
  const access = new AccessPolicy({
    ...deps,
    allowedLocations,
    authorizer: webhook && new DecisionCache(webhook, limits),
    onFailure: authorizerOnFailure,
  });
  return { access, close: async () => webhook?.close() };
}
