// Readers of JSON from outside: each gives a value of the type it names, whatever the payload holds.

import { isObject, type JsonObject } from '../events/json.ts';

export type { JsonObject };
export { isObject };

const EMPTY: JsonObject = {};

/** A JSON object; an empty one in place of anything else. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : EMPTY;
}

/** A JSON array; an empty one in place of anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text without white space around it; `''` in place of anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** A finite number, also one that Google's JSON writes as a text, as it does with 64-bit integers. */
export function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** The texts of an array that are not empty. */
export function texts(value: unknown): string[] {
  return list(value)
    .map(text)
    .filter((item) => item !== '');
}

/** The property, where the text is not empty: for optional properties of a literal. */
export function optional<Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } {
  const found = text(value);
  return (found === '' ? {} : { [name]: found }) as { [Key in Name]?: string };
}

/** A JSON value as a person reads it: texts as they are, everything else as JSON. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // JSON.stringify recurses: some thousands of levels overflow the stack, which JSON.parse reads without one.
    return '';
  }
}
