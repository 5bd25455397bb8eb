// Options that take the name of a variable, since a secret has no place on a command line. People put the secret itself
// there all the same, so that no error shows what was given.
import { UsageError } from './usage-error.ts';

/**
 * What the variable holds that an option names, without the space around it.
 *
 * @param option Its name, as in `--token-env`.
 * @param what What the variable holds, as in `the admin token`.
 * @throws {UsageError} when nothing is set by that name; the message does not show the name.
 */
export function valueOfNamed(
  option: string,
  name: string,
  what: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const value = env[name]?.trim();
  if (value) return value;
  throw new UsageError(
    `${option}: no variable of that name is set; it takes the name of the variable that holds ${what}, not ${what} itself`,
  );
}
