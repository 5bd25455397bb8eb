import type { Logger } from '../../shared/log.ts';
import { KEY_POLL_MS } from '../limits.ts';
import type { KeySource } from './key-source.ts';
import type { KeyRing, SigningKey } from './signing-key.ts';

export interface KeyRingOptions {
  source: KeySource;
  /** How long a key is honoured after it stopped signing, in milliseconds: the life of a token. */
  graceMs: number;
  logger: Pick<Logger, 'info' | 'error'>;
  /** How often the source is looked at, in milliseconds. */
  pollMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export interface RotatingKeys {
  /** The keys that are honoured now, the one that signs first. */
  ring(): KeyRing;
  /** Looks at the source now. Never rejects: what cannot be used is logged, and the ring stays as it is. */
  check(): Promise<void>;
  close(): void;
}

/**
 * The ring of a source whose keys change while the relay runs.
 *
 * A new key is honoured as soon as it is seen, and signs once it has been seen unchanged for two intervals: until then
 * another relay may not have looked yet, and would refuse its tokens; and a file that is half written signs nothing.
 * The key before it is honoured for one token life more, in which every token that it signed expires.
 *
 * @throws {ConfigError} when the source has no usable key at the start.
 */
export async function watchKeys(options: KeyRingOptions): Promise<RotatingKeys> {
  const { source, graceMs, logger, pollMs = KEY_POLL_MS, now = Date.now } = options;
  const [first, ...before] = await source.read({ withPrevious: true });
  let current = first;
  let next: { key: SigningKey; since: number } | undefined;
  // When these were replaced is not known: now, at the latest.
  let old = before.map((key) => ({ key, until: now() + graceMs }));
  let fault: string | undefined;

  function see(key: SigningKey): void {
    if (key.kid === current.kid) {
      next = undefined; // what was coming has been taken back
    } else if (key.kid !== next?.key.kid) {
      next = { key, since: now() };
      logger.info({ kid: key.kid }, 'a new signing key is honoured, and will sign soon');
    } else if (now() - next.since >= 2 * pollMs) {
      old = [{ key: current, until: now() + graceMs }, ...old.filter((entry) => entry.key.kid !== key.kid)];
      current = key;
      next = undefined;
      logger.info({ kid: key.kid }, 'a new signing key signs');
    }
  }

  async function check(): Promise<void> {
    try {
      const [key] = await source.read({ withPrevious: false });
      fault = undefined;
      see(key);
    } catch (err) {
      const message = String(err);
      // Once for each fault: a source that is away for a night would fill the log.
      if (message !== fault) logger.error({ err }, 'cannot read the signing key: those known stay in use');
      fault = message;
    }
  }

  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const poll = () => {
    if (isClosed) return;
    // One after the other, so that a slow source is not asked twice at once.
    timer = setTimeout(() => void check().then(poll), pollMs);
    timer.unref();
  };
  poll();

  return {
    ring() {
      const honoured = old.filter((entry) => entry.until > now()).map((entry) => entry.key);
      return [current, ...(next ? [next.key] : []), ...honoured];
    },
    check,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
