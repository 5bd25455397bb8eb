import type { Config } from '../../shared/config.ts';
import type { accessSettings } from './settings.ts';

export type WarnedAccess = Pick<Config<typeof accessSettings>, 'authorizerUrl' | 'authorizerOnFailure'>;

/**
 * What an operator should know of settings that let agents see every conversation, as a line for the log.
 *
 * @param isListed whether every token has a list of the conversations that it opens.
 */
export function accessWarning(
  { authorizerUrl, authorizerOnFailure }: WarnedAccess,
  isListed: boolean,
): string | undefined {
  if (authorizerUrl === undefined && !isListed) {
    return 'AUTHORIZER_URL is not set: every agent may see every conversation of the project. See docs/access.md';
  }
  if (authorizerUrl !== undefined && authorizerOnFailure === 'allow') {
    return 'AUTHORIZER_ON_FAILURE is allow: while the authorizer does not answer, every agent may see every conversation';
  }
  return undefined;
}
