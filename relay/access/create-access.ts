import type { Config } from '../../shared/config.ts';
import type { Project } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import { AccessPolicy } from './access-policy.ts';
import { createWebhook } from './authorizer-webhook.ts';
import { DecisionCache } from './decision-cache.ts';
import type { AccessLimits } from './limits.ts';
import type { Revocations } from './revocations.ts';
import type { accessSettings } from './settings.ts';

export interface CreateAccessDeps {
  project: Project;
  logger: Logger;
  revocations: Revocations | undefined;
  limits: AccessLimits;
}

/** Access as the settings have it, and what ends its connections to the authorizer. */
export function createAccess(
  config: Config<typeof accessSettings>,
  { project, logger, revocations, limits }: CreateAccessDeps,
): { access: AccessPolicy; close(): Promise<void> } {
  const { allowedLocations, authorizerUrl, authorizerToken, authorizerOnFailure } = config;
  const webhook =
    authorizerUrl === undefined
      ? undefined
      : createWebhook({ url: authorizerUrl, token: authorizerToken, limits });
  const access = new AccessPolicy({
    project,
    allowedLocations,
    authorizer: webhook && new DecisionCache(webhook, limits),
    onFailure: authorizerOnFailure,
    revocations,
    logger,
  });
  return { access, close: async () => webhook?.close() };
}
