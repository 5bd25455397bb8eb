import * as v from 'valibot';
import { setting } from '../../shared/config.ts';
import { secretName } from './secret-manager-source.ts';

/**
 * A variable that names a secret of Secret Manager.
 *
 * @param fileVariable names the file that stands in for it.
 */
export function secretSetting(variable: string, fileVariable: string) {
  return setting<string | undefined>(variable, {
    schema: v.pipe(
      v.string(),
      v.check((name) => secretName(name, '-') !== undefined),
    ),
    fallback: undefined,
    remedy:
      'set it to a secret of Secret Manager, as NAME or projects/PROJECT/secrets/NAME and without a version, ' +
      `or leave it out for the file that ${fileVariable} names`,
  });
}
