/** From when on a call stands out. */
export interface Thresholds {
  longCallMinutes: number;
  silenceSeconds: number;
  /** The customer's score at most, from -1 to 0. */
  lowSentiment: number;
}

export type ThresholdName = keyof Thresholds;

export const DEFAULT_THRESHOLDS: Thresholds = {
  longCallMinutes: 15,
  silenceSeconds: 60,
  lowSentiment: -0.5,
};

/** What each may be. Those of the times are within what the relay takes. */
export const RANGES: Readonly<Record<ThresholdName, { min: number; max: number; step: number }>> = {
  longCallMinutes: { min: 1, max: 240, step: 1 },
  silenceSeconds: { min: 10, max: 3_600, step: 5 },
  lowSentiment: { min: -1, max: 0, step: 0.1 },
};

export const THRESHOLD_NAMES = Object.keys(RANGES) as readonly ThresholdName[];

/** The threshold that was typed; undefined for what it may not be. */
export function thresholdOf(name: ThresholdName, typed: string): number | undefined {
  const { min, max } = RANGES[name];
  const value = Number(typed.trim().replace(',', '.'));
  if (typed.trim() === '' || !Number.isFinite(value) || value < min || value > max) return undefined;
  return name === 'lowSentiment' ? value : Math.round(value);
}

/** The browser's storage. It holds no more than the thresholds, and nothing of a call. */
export type Store = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'agent-assist-wall-thresholds';

/** @param store undefined, or one that throws, where the browser keeps nothing. */
export function loadThresholds(store: Store | undefined): Thresholds {
  try {
    const kept: unknown = JSON.parse(store?.getItem(KEY) ?? '{}');
    const read = (name: ThresholdName) =>
      thresholdOf(name, String((kept as Record<string, unknown> | null)?.[name] ?? '')) ??
      DEFAULT_THRESHOLDS[name];
    return {
      longCallMinutes: read('longCallMinutes'),
      silenceSeconds: read('silenceSeconds'),
      lowSentiment: read('lowSentiment'),
    };
  } catch {
    return DEFAULT_THRESHOLDS;
  }
}

export function keepThresholds(store: Store | undefined, thresholds: Thresholds): void {
  try {
    store?.setItem(KEY, JSON.stringify(thresholds));
  } catch {
    // A browser that keeps nothing shows the defaults the next time.
  }
}
