import type { en } from './en.ts';
import { cards } from './fr/cards.ts';
import { companion } from './fr/companion.ts';
import { shell } from './fr/shell.ts';
import type { Text } from './text.ts';

export const fr = { ...shell, ...cards, ...companion } satisfies Record<keyof typeof en, Text>;
