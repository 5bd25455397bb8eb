/** The signals at which the functions framework ends the process. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

type Listener = (signal: NodeJS.Signals) => void;

/**
 * Lets the process finish something before a signal ends it. The functions framework listens for both signals, and ends the
 * process in its listener, at once. So each listener of others is called after `last`, also one that is added later.
 *
 * @param last Must settle by itself: Cloud Run kills the process 10 seconds after SIGTERM.
 */
export function endAfter(
  process: Pick<NodeJS.Process, 'on' | 'off' | 'listeners'>,
  last: () => Promise<void>,
): void {
  for (const name of SIGNALS) {
    const held = new Set<Listener>();
    const hold = (listener: Listener) => {
      held.add(listener);
      process.off(name, listener);
    };
    for (const listener of process.listeners(name)) hold(listener as Listener);
    let ending: Promise<void> | undefined;
    const end: Listener = (signal) => {
      ending ??= last();
      const callHeld = () => {
        for (const listener of held) listener(signal);
      };
      ending.then(callHeld, callHeld);
    };
    process.on(name, end);
    process.on('newListener', (event, listener) => {
      // The listener is not there yet.
      if (event === name && listener !== end) queueMicrotask(() => hold(listener as Listener));
    });
  }
}
