import * as v from 'valibot';
import { setting } from '../../shared/config.ts';

const NAME = /^(?:projects\/([a-z0-9][a-z0-9.:-]*)\/secrets\/)?([A-Za-z0-9_-]{1,255})$/;

/** The whole name of a secret that is given as `S` or as `projects/P/secrets/S`; `undefined` when it is neither. */
export function secretName(text: string, projectId: string): string | undefined {
  const [, project = projectId, secret] = NAME.exec(text) ?? [];
  return secret === undefined ? undefined : `projects/${project}/secrets/${secret}`;
}

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
