import type { Logger } from '../../../shared/log.ts';
import type { IdentityLimits } from '../limits.ts';
import type { AcceptedKey, KeyRing, SigningKey } from '../signing-key.ts';
import type { KeySource } from './key-source.ts';

export interface KeyRingOptions {
  source: KeySource;
  /** How long a key is accepted after it stopped signing, in milliseconds: the life of a token. */
  graceMs: number;
  /** How long after its issue an expired token may come back, in milliseconds. Its key is kept that long. */
  sessionMs?: number;
  /** What the keys are called in log lines. */
  what?: string;
  logger: Pick<Logger, 'info' | 'error'>;
  limits: IdentityLimits;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface RotatingKeys {
  /** The accepted keys. The first one signs. */
  ring(): KeyRing;
  /** Reads the source now. Never rejects: an unusable key is logged, and the ring stays as it is. */
  check(): Promise<void>;
  /** Like {@link check}, but at most once every `unknownKeyReadEveryMs`, because tokens of strangers cause it. */
  poll(): Promise<void>;
  close(): void;
}

/**
 * The ring of a source whose keys change while the relay runs.
 *
 * A new key is accepted when it is first read. It signs when it has been read unchanged for two intervals: by then the
 * other relays know it too, and a half-written file signs nothing. A relay that has just started signs with it at once.
 * A relay that does not know it yet reads the source when it meets the first token of it.
 *
 * The key before it is accepted for one more token life, in which every token that it signed expires. It is then kept
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
  // When these were replaced is unknown; now is the latest that it can be.
  let old = before.map(retired);
  let fault: string | undefined;

  function retired(key: SigningKey): { key: AcceptedKey; keptUntil: number } {
    return { key: { ...key, until: now() + graceMs }, keptUntil: now() + keepMs };
  }

  function see(key: SigningKey): void {
    if (key.kid === current.kid) {
      next = undefined; // the new key was taken back
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
      // Once for each fault, because a source that is away for a night would fill the log.
      if (message !== fault) logger.error({ err }, `cannot read the ${what}: those known stay in use`);
      fault = message;
    }
  }

  let reading: Promise<void> | undefined;
  // One read at a time, because of two concurrent reads the older could end last.
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
