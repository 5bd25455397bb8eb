import { createInterface } from 'node:readline';

/**
 * Asks on standard error, so that what a command prints can still be piped; anything but y or yes is a no, and so are the
 * end of the input and Ctrl-C, which `signal` passes on.
 */
export function confirm(
  question: string,
  signal: AbortSignal,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<boolean> {
  return new Promise((resolve) => {
    const lines = createInterface({ input, signal });
    let isAnswered = false;
    process.stderr.write(`${question} [y/N] `);
    lines.once('line', (line) => {
      isAnswered = true;
      resolve(/^y(es)?$/i.test(line.trim()));
      lines.close();
    });
    lines.once('close', () => {
      if (!isAnswered && !signal.aborted)
        console.error('\nnobody has answered: without a terminal add --yes');
      resolve(false);
    });
  });
}

/** The same of a terminal alone. A build has an input that may never end, so without a terminal the answer is no. */
export function confirmAtTerminal(question: string, signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY) return confirm(question, signal);
  console.error(`${question} There is no terminal to ask at: --yes answers.`);
  return Promise.resolve(false);
}
