import type { wall } from './en/wall.ts';
import { en } from './en.ts';
import type { Text, Texts } from './text.ts';

/** The keys of all pages. The page of the supervisor's wall alone loads the texts of the wall. */
export type StringKey = keyof typeof en | keyof typeof wall;
export type Language = 'en' | 'fr';

/** Texts that one page has beside those of the agent desktop. */
export interface PageTexts {
  en: Texts;
  fr: () => Promise<Texts>;
}

/** A space of French that must not break: before a mark of two parts, and inside of guillemets. */
const FRENCH_SPACE = / (?=[:;?!»%])|(?<=«) /g;

let current: Language = 'en';
let table: Readonly<Partial<Record<StringKey, Text>>> = en;
let plural = new Intl.PluralRules(current);

/** The language of the interface. */
export const language = (): Language => current;

/**
 * Chooses the language. The page does so once, before it renders. English is there at once; a browser of another
 * language loads its texts.
 */
export async function chooseLanguage(chosen: Language, page?: PageTexts): Promise<void> {
  const [shared, own] =
    chosen === 'fr'
      ? await Promise.all([import('./fr.ts').then(({ fr }) => fr), page?.fr()])
      : [en, page?.en];
  table = { ...shared, ...own };
  current = chosen;
  plural = new Intl.PluralRules(chosen);
}

/** The language of the interface for a browser's language, such as `fr-CA`. */
export function languageFor(tag = ''): Language {
  return /^fr\b/i.test(tag) ? 'fr' : 'en';
}

/**
 * The text of a key in the language of the interface. `{name}` in the text stands for the value of that name; the value
 * `count` chooses between singular and plural.
 */
export function t(key: StringKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text = table[key] ?? key;
  const chosen = typeof text === 'string' ? text : text[formFor(values.count)];
  const spaced = current === 'fr' ? chosen.replace(FRENCH_SPACE, '\u00a0') : chosen;
  return spaced.replace(/\{(\w+)\}/g, (braced, name: string) => {
    const value = values[name];
    if (value === undefined) return braced;
    return typeof value === 'number' ? value.toLocaleString(current) : value;
  });
}

function formFor(count: unknown): 'one' | 'other' {
  return typeof count === 'number' && plural.select(count) === 'one' ? 'one' : 'other';
}
