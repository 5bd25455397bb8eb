import { startFailure } from '../shared/start-failure.ts';

/**
 * Ends a process that cannot listen with a sentence that names the variable. The framework, which listens, does not handle
 * that error, and Node would print a stack. Every other error is left to them.
 */
export function explainUsedPort(
  process: Pick<NodeJS.Process, 'on' | 'env' | 'exit'>,
  console: Pick<Console, 'error'>,
) {
  // The monitor hears of an error and takes it from nobody.
  process.on('uncaughtExceptionMonitor', (error) => {
    const sentence = startFailure(error, process.env);
    const isListening = 'syscall' in error && error.syscall === 'listen';
    if (!isListening || typeof sentence !== 'string') return;
    console.error(sentence);
    process.exit(1);
  });
}
