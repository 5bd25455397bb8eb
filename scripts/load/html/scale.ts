// Scales of the plots. Pure.

export interface Scale {
  /** Where a value lies, from 0 to 1. */
  at(value: number): number;
  ticks: number[];
}

const LINEAR_TICKS = 5;
const STEPS = [1, 2, 5, 10];

/** From 0 to a round number at or above the greatest value. */
export function linearScale(greatest: number, steps = LINEAR_TICKS): Scale {
  const rough = Math.max(greatest, 1) / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, (STEPS.find((each) => each * power >= rough) ?? 10) * power);
  const count = Math.max(1, Math.ceil(Math.max(greatest, 1) / step));
  const top = step * count;
  return { at: (value) => value / top, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** Powers of ten around the values, which are above 0. */
export function logScale(values: readonly number[]): Scale {
  const exponents = values.filter((value) => value > 0).map((value) => Math.log10(value));
  const from = Math.floor(exponents.reduce((least, each) => Math.min(least, each), 0));
  const to = Math.max(from + 1, Math.ceil(exponents.reduce((most, each) => Math.max(most, each), 1)));
  return {
    at: (value) => (Math.max(from, Math.log10(Math.max(value, Number.MIN_VALUE))) - from) / (to - from),
    ticks: Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)),
  };
}

/** A time axis: ticks at round numbers of seconds. */
export function timeScale(durationMs: number): Scale {
  const seconds = Math.max(1, durationMs / 1_000);
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((each) => seconds / each <= 6) ?? 600;
  const count = Math.floor(seconds / step);
  return {
    at: (ms) => ms / 1_000 / seconds,
    ticks: Array.from({ length: count + 1 }, (_, index) => index * step * 1_000),
  };
}
