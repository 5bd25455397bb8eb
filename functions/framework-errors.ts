import type { Logger } from '../shared/log.ts';

/**
 * Takes over what the functions framework reports of errors. Express prints an error with all its properties, and that
 * of a request whose body is no JSON has the body among them; through the logger goes only what is safe.
 */
export function logFrameworkErrors(console: Pick<Console, 'error'>, logger: Logger): void {
  const print = console.error.bind(console);
  console.error = (...parts: unknown[]) => {
    const [first] = parts;
    if (first instanceof Error) logger.error({ err: first }, 'the functions framework refused a request');
    else print(...parts);
  };
}
