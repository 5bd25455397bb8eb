import { PROVIDER_NAME_MAX_CHARS } from './limits.ts';

/** The fields of a JSON object; none when the text is anything else. */
export function jsonFields(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Text from a provider that may stand in a token as the name of a user. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= PROVIDER_NAME_MAX_CHARS;
}
