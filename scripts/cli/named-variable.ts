// Options that take the name of a variable, since a secret has no place on a command line. People put the secret itself
// there all the same, so that no error shows what was given.
import { UsageError } from './usage-error.ts';

/** What a header of HTTP takes. fetch quotes any other text in its error. */
const HEADER_TEXT = /^[\t\x20-\x7e\xa0-\xff]*$/;

/**
 * A secret that a header is to carry, as it is.
 *
 * @param source What holds it, as in `--token-file`.
 * @throws {UsageError} when no header takes it; the message does not show it.
 */
export function headerText(source: string, what: string, text: string): string {
  if (HEADER_TEXT.test(text)) return text;
  throw new UsageError(
    `${source}: ${what} has a line break or a character that no HTTP header takes: does it hold ${what} alone?`,
  );
}

/**
 * What the variable holds that an option names, without the space around it.
 *
 * @param option Its name, as in `--token-env`.
 * @param what What the variable holds, as in `the admin token`.
 * @throws {UsageError} when nothing is set by that name, or no header takes it; the message does not show the name.
 */
export function valueOfNamed(
  option: string,
  name: string,
  what: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const value = env[name]?.trim();
  if (value) return headerText(option, what, value);
  throw new UsageError(
    `${option}: no variable of that name is set; it takes the name of the variable that holds ${what}, not ${what} itself`,
  );
}
