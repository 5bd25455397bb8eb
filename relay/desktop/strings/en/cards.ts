import type { Texts } from '../text.ts';

export const cards = {} as const satisfies Texts;
