import { createInterface } from 'node:readline';

/**
 * Asks on standard error, so that what a command prints can still be piped; anything but y or yes is a no, and so are the
 * end of the input and Ctrl-C, which `signal` passes on. Without a terminal it asks nobody: a build would wait for ever.
 */
export function confirm(
  question: string,
  signal: AbortSignal,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<boolean> {
  if (input === process.stdin && !process.stdin.isTTY) {
    console.error(`${question} There is no terminal to ask at: --yes answers.`);
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const lines = createInterface({ input, signal });
    process.stderr.write(`${question} [y/N] `);
    lines.once('line', (line) => {
      resolve(/^y(es)?$/i.test(line.trim()));
      lines.close();
    });
    lines.once('close', () => resolve(false));
  });
}
