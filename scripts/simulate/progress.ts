import type { RunState } from '../calls/run-calls.ts';

/** Where progress is shown: a terminal has one line that changes, anything else gets a line now and then. */
export interface ProgressStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

const TERMINAL_MS = 500;
const OTHERWISE_MS = 10_000;
const CLEAR_LINE = '\r\u001b[K';

/** One line on how far a run has come. */
export function progressLine({ begun, ended, published, desktops }: RunState, calls: number): string {
  const arrived = desktops.reduce((sum, { receipts }) => sum + receipts.length, 0);
  const cut = desktops.filter(({ cutBy }) => cutBy() !== undefined).length;
  return [
    `${ended}/${calls} calls over, ${begun - ended} going on`,
    `${published.length} events published`,
    `${arrived} arrived`,
    ...(cut > 0 ? [`${cut} desktops cut off`] : []),
  ].join(' · ');
}

/**
 * Shows how far a run has come until it is stopped.
 *
 * @returns stops it, and leaves the last line standing
 */
export function showProgress(state: RunState, calls: number, stream: ProgressStream): () => void {
  const isTerminal = stream.isTTY === true;
  const show = () =>
    stream.write(
      isTerminal ? `${CLEAR_LINE}${progressLine(state, calls)}` : `${progressLine(state, calls)}\n`,
    );
  const timer = setInterval(show, isTerminal ? TERMINAL_MS : OTHERWISE_MS);
  return () => {
    clearInterval(timer);
    show();
    if (isTerminal) stream.write('\n');
  };
}
