import * as v from 'valibot';
import { integer, type Settings, setting } from '../../shared/config.ts';
import { LOCATION_PATTERN } from '../../shared/conversation-name.ts';

const locations = v.pipe(
  v.string(),
  v.transform((list) => list.split(',').map((entry) => entry.trim())),
  v.array(v.pipe(v.string(), v.regex(new RegExp(`^${LOCATION_PATTERN}$`)))),
);

const webhookUrl = v.pipe(
  v.string(),
  v.url(),
  v.transform((url) => new URL(url)),
  v.check(({ protocol }) => protocol === 'http:' || protocol === 'https:'),
  v.check(({ username, password, hash }) => username === '' && password === '' && hash === ''),
  v.transform(({ href }) => href),
);

/** The decision while the authorizer is out of order. */
export type OnFailure = 'deny' | 'allow';

/** The settings of who may see which conversation. */
export const accessSettings = {
  allowedLocations: setting<readonly string[] | undefined>('ALLOWED_LOCATIONS', {
    schema: locations,
    fallback: undefined,
    remedy:
      'set it to locations of Google Cloud, separated by commas, such as global,europe-west2, or leave it out',
  }),
  authorizerUrl: setting<string | undefined>('AUTHORIZER_URL', {
    schema: webhookUrl,
    fallback: undefined,
    remedy:
      'set it to the http or https URL of the webhook that decides who may see which conversation, without user ' +
      'or fragment, or leave it out',
  }),
  authorizerToken: setting<string | undefined>('AUTHORIZER_TOKEN', {
    schema: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
    fallback: undefined,
    remedy:
      'set it to the secret that shows the webhook of AUTHORIZER_URL who calls, without spaces, or leave it out',
  }),
  authorizerOnFailure: setting<OnFailure>('AUTHORIZER_ON_FAILURE', {
    schema: v.picklist(['deny', 'allow']),
    fallback: 'deny',
    remedy: 'set it to deny or to allow',
  }),
  sessionMaxSeconds: setting('SESSION_MAX_SECONDS', {
    schema: integer(0, 7 * 86_400),
    fallback: 43_200,
    remedy:
      'set it to how many seconds after its issue a token may keep its conversations on Socket.IO, up to 604800, ' +
      'or to 0 so that an expired token keeps none',
  }),
} satisfies Settings;
