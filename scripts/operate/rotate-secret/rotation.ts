// Which versions of the signing key's secret to add, to disable and to destroy. Pure.
import { at } from '../../gcloud/step.ts';

export interface SecretVersion {
  number: number;
  isEnabled: boolean;
  isDestroyed: boolean;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface Rotation {
  /** None while the newest key is so young that tokens of the one before it are still about. */
  add: boolean;
  disable: readonly number[];
  destroy: readonly number[];
}

export interface RotationOptions {
  /** Milliseconds since 1970. */
  now: number;
  /** How long tokens of a key may be about after another took its place, in milliseconds. */
  graceMs: number;
  /** The keys are known to somebody: a new one at once, and no other stays. */
  revoke: boolean;
}

/** How long a disabled key can be brought back, in milliseconds, should a rotation have been a mistake. */
const DESTROY_AFTER_MS = 30 * 24 * 3_600_000;

/**
 * Two enabled versions stay: the relay signs with the newest and honours the one before for a token's life. An older
 * one is disabled when the one after it has been there for the grace, and destroyed when that was 30 days ago.
 */
export function rotation(versions: readonly SecretVersion[], options: RotationOptions): Rotation {
  const { now, graceMs, revoke } = options;
  const newestFirst = versions
    .filter((version) => !version.isDestroyed)
    .sort((one, other) => other.number - one.number);
  const enabled = newestFirst.filter((version) => version.isEnabled);
  const add = revoke || enabled[0] === undefined || now - enabled[0].createdAt >= graceMs;
  const kept = enabled.slice(0, (revoke ? 1 : 2) - (add ? 1 : 0));
  const others = newestFirst.filter((version) => !kept.includes(version));
  const replacedFor = ({ number }: SecretVersion) => {
    const next = enabled.findLast((version) => version.number > number);
    return next === undefined ? 0 : now - next.createdAt;
  };
  const numbers = (some: SecretVersion[]) => some.map((version) => version.number);
  return {
    add,
    disable: numbers(
      others.filter((version) => version.isEnabled && (revoke || replacedFor(version) >= graceMs)),
    ),
    destroy: numbers(
      others.filter((version) => !version.isEnabled && replacedFor(version) >= DESTROY_AFTER_MS),
    ),
  };
}

/** What `gcloud secrets versions list --format=json` printed. @throws {Error} when it is something else. */
export function readVersions(listing: unknown): SecretVersion[] {
  if (!Array.isArray(listing)) throw new Error('gcloud did not list the versions of the secret');
  return listing.map((entry: unknown) => {
    const [, number] = /\/versions\/(\d+)$/.exec(String(at(entry, 'name'))) ?? [];
    const createdAt = Date.parse(String(at(entry, 'createTime')));
    if (number === undefined || Number.isNaN(createdAt))
      throw new Error('gcloud listed a version of the secret without number or time');
    const state = at(entry, 'state');
    return {
      number: Number(number),
      isEnabled: state === 'ENABLED',
      isDestroyed: state === 'DESTROYED',
      createdAt,
    };
  });
}
