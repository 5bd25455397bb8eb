import * as v from 'valibot';
import { type Config, type Settings, setting } from '../../shared/config.ts';

/** The address of a service account; those of Google's own services end alike. */
const ADDRESS = /^[a-z0-9][a-z0-9._-]*@(?:[a-z0-9-]+\.)+gserviceaccount\.com$/;

const addresses = v.pipe(
  v.string(),
  v.transform((list) => list.split(',').map((entry) => entry.trim().toLowerCase())),
  v.array(v.pipe(v.string(), v.regex(ADDRESS))),
);

/** The settings of the service accounts that may store and look up conversation names. */
export const serviceSettings = {
  serviceCallers: setting<readonly string[]>('SERVICE_CALLERS', {
    schema: addresses,
    fallback: [],
    remedy:
      'set it to the e-mail addresses of service accounts, separated by commas, ' +
      'such as audiohook@my-project.iam.gserviceaccount.com, or leave it out',
  }),
  serviceAudience: setting<string | undefined>('SERVICE_AUDIENCE', {
    schema: v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/)),
    fallback: undefined,
    remedy: "set it to the relay's URL, for which these service accounts ask for their ID tokens",
  }),
} satisfies Settings;

/** What is missing, as sentences that start with a variable's name. */
export function serviceFaults({ serviceCallers, serviceAudience }: Config<typeof serviceSettings>): string[] {
  if (serviceCallers.length === 0 || serviceAudience !== undefined) return [];
  // Without it the token that a service account has shown to anybody else would open this relay, too.
  const { env, remedy } = serviceSettings.serviceAudience;
  return [`${env} is not set, and SERVICE_CALLERS needs it: ${remedy}`];
}
