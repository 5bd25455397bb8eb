// What scenarios are written with.
import type { SuggestionResult } from '../../local/dialogflow/types.ts';
import type { Entity, Speech, Step } from '../scenario.ts';

type Details = Omit<Speech, 'type' | 'speaker' | 'text'>;

export const customer = (text: string, details: Details = {}): Step => ({
  type: 'speech',
  speaker: 'customer',
  text,
  ...details,
});

export const agent = (text: string, details: Details = {}): Step => ({
  type: 'speech',
  speaker: 'agent',
  text,
  ...details,
});

export const virtualAgent = (text: string, details: Details = {}): Step => ({
  type: 'speech',
  speaker: 'virtual-agent',
  text,
  ...details,
});

export const keypad = (digits: string): Step => ({ type: 'keypad', digits });
export const silence = (ms: number): Step => ({ type: 'silence', ms });
export const handover: Step = { type: 'handover' };
export const breakdown = (code: number, message: string): Step => ({ type: 'breakdown', code, message });
export const hangUp: Step = { type: 'hang-up' };

/** @param type A system entity without its prefix, such as `date`. */
export const entity = (text: string, type: string, value: unknown): Entity => ({
  text,
  type: `@sys.${type}`,
  value,
});

/** Suggestions come so long after the message that they are about, in milliseconds; generators take longer. */
const SUGGESTED_MS = 600;
const GENERATED_MS = 1_400;

/** One event with these results. */
export const suggest = (...results: SuggestionResult[]): Step => ({
  type: 'suggestions',
  results,
  afterMs: SUGGESTED_MS,
});

/** The same for what a generator or the companion agent writes. */
export const suggestLater = (...results: SuggestionResult[]): Step => ({
  type: 'suggestions',
  results,
  afterMs: GENERATED_MS,
});
