import * as v from 'valibot';
import { type Settings, setting, text } from '../../shared/config.ts';
import { secretName } from '../auth/key-source-secret.ts';

/** The settings of the endpoints for administrators. Without a token there are none. */
export const adminSettings = {
  adminTokenPath: setting<string | undefined>('ADMIN_TOKEN_PATH', {
    schema: text,
    fallback: undefined,
    remedy: 'set it to the file that holds the token of the administrators, or leave it out',
  }),
  adminTokenName: setting<string | undefined>('ADMIN_TOKEN_NAME', {
    schema: v.pipe(
      v.string(),
      v.check((name) => secretName(name, '-') !== undefined),
    ),
    fallback: undefined,
    remedy:
      'set it to a secret of Secret Manager, as NAME or projects/PROJECT/secrets/NAME and without a version, ' +
      'or leave it out for the file that ADMIN_TOKEN_PATH names',
  }),
} satisfies Settings;
