import type { Logger } from '../../../shared/log.ts';
import type { IdentityLimits } from '../limits.ts';
import type { AcceptedKey, KeyRing, SigningKey } from '../signing-key.ts';
import type { KeySource } from './key-source.ts';

export interface KeyRingOptions {
  source: KeySource;
  /** How long a key is accepted after it stopped signing, in milliseconds: the life of a token. */
  graceMs: number;
  /** How long after its issue an expired token may still come back, in milliseconds: so long its key is kept. */
  sessionMs?: number;
  /** What the keys are, in log lines; a signing key if left out. */
  what?: string;
  logger: Pick<Logger, 'info' | 'error'>;
  limits: IdentityLimits;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface RotatingKeys {
  /** The accepted keys. The first one signs. */
  ring(): KeyRing;
  /** Reads the source now. Never rejects: what cannot be used is logged, and the ring stays as it is. */
  check(): Promise<void>;
  /** Like {@link check}, but at most once every `unknownKeyReadEveryMs`, because tokens of strangers cause it. */
  poll(): Promise<void>;
  close(): void;
}

/**
 * The ring of a source whose keys change while the relay runs.
 *
 * A new key is honoured as soon as it is seen, and signs once it has been seen unchanged for two intervals: by then the
 * other relays have seen it too, and a file that is half written signs nothing. A relay that has just started signs with
 * it at once; one that does not know it yet looks for it when it meets its first token.
 *
 * The key before it is honoured for one token life more, in which every token that it signed expires, and is then kept
 * for as long as an expired token may come back to its conversations (see {@link AcceptedKey}).
 *
 * @throws {ConfigError} when the source has no usable key at the start.
 */
export async function watchKeys(options: KeyRingOptions): Promise<RotatingKeys> {
  const { source, graceMs, sessionMs = 0, what = 'signing key', logger } = options;
  const { limits, now } = options;
  const keepMs = Math.max(graceMs, sessionMs);
  const [first, ...before] = await source.read({ withPrevious: true });
  let current = first;
  let next: { key: SigningKey; since: number } | undefined;
  // When these were replaced is not known: now, at the latest.
  let old = before.map(retired);
  let fault: string | undefined;

  function retired(key: SigningKey): { key: AcceptedKey; keptUntil: number } {
    return { key: { ...key, until: now() + graceMs }, keptUntil: now() + keepMs };
  }

  function see(key: SigningKey): void {
    if (key.kid === current.kid) {
      next = undefined; // what was coming has been taken back
    } else if (key.kid !== next?.key.kid) {
      next = { key, since: now() };
      logger.info({ kid: key.kid }, `a new ${what} is accepted, and will take over soon`);
    } else if (now() - next.since >= 2 * limits.keyPollMs) {
      old = [retired(current), ...old.filter((entry) => entry.key.kid !== key.kid)];
      current = key;
      next = undefined;
      logger.info({ kid: key.kid }, `a new ${what} has taken over`);
    }
  }

  async function read(): Promise<void> {
    try {
      const [key] = await source.read({ withPrevious: false });
      fault = undefined;
      see(key);
    } catch (err) {
      const message = String(err);
      // Once for each fault: a source that is away for a night would fill the log.
      if (message !== fault) logger.error({ err }, `cannot read the ${what}: those known stay in use`);
      fault = message;
    }
  }

  let reading: Promise<void> | undefined;
  // One read at a time: of two, the older could be taken for the newer.
  const check = () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  let polledAt = Number.NEGATIVE_INFINITY;
  async function poll(): Promise<void> {
    if (reading === undefined && now() - polledAt < limits.unknownKeyReadEveryMs) return;
    polledAt = now();
    await check();
  }

  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    if (isClosed) return;
    timer = setTimeout(() => void check().then(schedule), limits.keyPollMs);
    timer.unref();
  };
  schedule();

  return {
    ring() {
      const kept = old.filter((entry) => entry.keptUntil > now()).map((entry) => entry.key);
      return [current, ...(next ? [next.key] : []), ...kept];
    },
    check,
    poll,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
