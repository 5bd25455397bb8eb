import type { Config } from '../../shared/config.ts';
import type { Project } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import { AUTHORIZER_CACHE_MAX, AUTHORIZER_CACHE_MS, AUTHORIZER_TIMEOUT_MS } from '../limits.ts';
import { Access } from './access-policy.ts';
import { createWebhook } from './authorizer-webhook.ts';
import { CachedAnswers } from './decision-cache.ts';
import type { Revocations } from './revocations.ts';
import type { accessSettings } from './settings.ts';

/** Times in milliseconds; the defaults are those of `limits.ts`. */
export interface AuthorizerTimes {
  timeoutMs?: number | undefined;
  cacheMs?: number | undefined;
}

export interface CreateAccessDeps {
  project: Project;
  logger: Logger;
  revocations: Revocations | undefined;
  times?: AuthorizerTimes | undefined;
}

/** Access as the settings have it, and what ends its connections to the authorizer. */
export function createAccess(
  config: Config<typeof accessSettings>,
  { project, logger, revocations, times = {} }: CreateAccessDeps,
): { access: Access; close(): Promise<void> } {
  const { allowedLocations, authorizerUrl, authorizerToken, authorizerOnFailure } = config;
  const webhook =
    authorizerUrl === undefined
      ? undefined
      : createWebhook({
          url: authorizerUrl,
          token: authorizerToken,
          timeoutMs: times.timeoutMs ?? AUTHORIZER_TIMEOUT_MS,
        });
  const access = new Access({
    project,
    allowedLocations,
    authorizer:
      webhook &&
      new CachedAnswers({
        webhook,
        cacheMs: times.cacheMs ?? AUTHORIZER_CACHE_MS,
        max: AUTHORIZER_CACHE_MAX,
        now: Date.now,
      }),
    onFailure: authorizerOnFailure,
    revocations,
    logger,
  });
  return { access, close: async () => webhook?.close() };
}
