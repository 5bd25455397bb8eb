import type { Texts } from '../text.ts';

export const companion = {} as const satisfies Texts;
