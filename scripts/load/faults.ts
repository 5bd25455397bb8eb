// The faults that a load run makes: how they are written, when they happen, and whom they hit. Pure.
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { nearest } from '../cli/nearest.ts';
import type { Schedule } from './ramp.ts';

/** Faults at the side of the desktops. The share is from 0 to 1. */
export type DesktopFault =
  | { name: 'cut'; share: number }
  | { name: 'slow'; share: number }
  | { name: 'reconnect-wave' };

/** Faults of a system that the command has started itself. */
export type StackFault = { name: 'restart-relay' } | { name: 'redis-pause' };

export type LoadFault = DesktopFault | StackFault;

const WITH_SHARE = ['cut', 'slow'] as const;
const WITHOUT = ['reconnect-wave', 'restart-relay', 'redis-pause'] as const;
export const FAULT_FORMS = [...WITH_SHARE.map((name) => `${name}:PERCENT`), ...WITHOUT];

/** How long a desktop does not read, at most, and how long Redis is away; in milliseconds. */
export const SLOW_MS = 20_000;
export const REDIS_PAUSE_MS = 5_000;

/** @throws {InvalidArgumentError} when the text names no fault, with the fault that is nearest to it. */
export function parseFault(text: string): LoadFault {
  const [name = '', share, ...rest] = text.split(':');
  const withShare = WITH_SHARE.find((each) => each === name);
  if (withShare !== undefined && rest.length === 0) {
    const percent = /^\d{1,3}(\.\d{1,3})?%?$/.test(share ?? '') ? Number.parseFloat(share ?? '') : 0;
    if (percent > 0 && percent <= 100) return { name: withShare, share: percent / 100 };
    throw new InvalidArgumentError(
      `--fault ${name} takes a percentage above 0% and up to 100%, such as ${name}:10%`,
    );
  }
  const without = WITHOUT.find((each) => each === name);
  if (without !== undefined && share === undefined) return { name: without };
  if (without !== undefined) throw new InvalidArgumentError(`--fault ${name} takes no percentage`);
  const meant = nearest(name, [...WITH_SHARE, ...WITHOUT]);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new InvalidArgumentError(`--fault takes ${FAULT_FORMS.join(', ')}${hint}`);
}

export function isOfStack(fault: LoadFault): fault is StackFault {
  return fault.name === 'restart-relay' || fault.name === 'redis-pause';
}

/** As `--fault` takes it. */
export function faultText(fault: LoadFault): string {
  return 'share' in fault ? `${fault.name}:${Number((fault.share * 100).toFixed(3))}%` : fault.name;
}

/** When each of so many faults happens, in milliseconds after the start: one after the other, evenly over the hold. */
export function faultTimes(count: number, { rampMs, holdMs }: Schedule): number[] {
  return Array.from({ length: count }, (_, index) => rampMs + (holdMs * (index + 1)) / (count + 1));
}

/** How long desktops do not read: less than the time to the next fault, or to the end. */
export function slowMs(count: number, { holdMs }: Schedule): number {
  return Math.min(SLOW_MS, holdMs / (count + 1) / 2);
}

/** Some of them, drawn by chance; at least one where there is any. */
export function drawShare<T>(all: readonly T[], share: number, random: () => number): T[] {
  const count = Math.min(all.length, Math.max(1, Math.round(all.length * share)));
  const rest = [...all];
  return Array.from({ length: count }, () => rest.splice(Math.floor(random() * rest.length), 1)).flat();
}
