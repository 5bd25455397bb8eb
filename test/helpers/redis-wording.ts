import * as assert from 'uvu/assert';

/** ioredis's own wording, which tells an operator nothing about Redis. */
const OF_IOREDIS =
  /enableOfflineQueue|Connection is closed|max retries|maxRetriesPerRequest|Command timed out|Socket timeout|Command aborted|refresh slots cache|startup nodes|Cluster redirections/;

/** Fails for a line of a log that repeats what ioredis calls a fault of Redis. */
export function assertPlainWords(log: string): void {
  assert.equal(
    log.split('\n').filter((line) => OF_IOREDIS.test(line)),
    [],
  );
}
