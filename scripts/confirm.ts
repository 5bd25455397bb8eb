import { createInterface } from 'node:readline';

/** Asks on standard error, so that what a command prints can still be piped; anything but y or yes is a no, and so is the end. */
export function confirm(question: string, input: NodeJS.ReadableStream = process.stdin): Promise<boolean> {
  return new Promise((resolve) => {
    const lines = createInterface({ input });
    process.stderr.write(`${question} [y/N] `);
    lines.once('line', (line) => {
      resolve(/^y(es)?$/i.test(line.trim()));
      lines.close();
    });
    lines.once('close', () => resolve(false));
  });
}
