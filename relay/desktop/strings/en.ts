// The English interface. Its keys are those that every other language must have.
import { cards } from './en/cards.ts';
import { companion } from './en/companion.ts';
import { shell } from './en/shell.ts';

export const en = { ...shell, ...cards, ...companion };
