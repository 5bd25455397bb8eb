import { withCamelCaseKeys } from './camel-case.ts';
import { WebChannelFormatError } from './chunk-parser.ts';

/** What stands in an array of WebChannel. */
export type Payload =
  | { kind: 'message'; message: object }
  /** `error` is as it came. */
  | { kind: 'error'; error: unknown }
  /** `noop`, `stop`, `close`, or one of a later version. */
  | { kind: 'control'; word: string; values: readonly unknown[] };

/**
 * The arrays of a chunk, `[[ID, [PAYLOAD]], …]`, whose ids count up from 1.
 *
 * @throws {WebChannelFormatError}
 */
export function arraysIn(chunk: unknown): { id: number; payload: Payload }[] {
  if (!Array.isArray(chunk)) throw new WebChannelFormatError('a chunk is not a list');
  return chunk.map((array: unknown) => {
    const [id, values] = Array.isArray(array) ? (array as unknown[]) : [];
    if (!Number.isSafeInteger(id) || !Array.isArray(values)) {
      throw new WebChannelFormatError('a chunk is not a list of arrays with ids');
    }
    return { id: id as number, payload: payloadOf(values) };
  });
}

function payloadOf(values: readonly unknown[]): Payload {
  const [first] = values;
  if (typeof first === 'string') return { kind: 'control', word: first, values };
  // Google's front ends wrap an error in a list of its own.
  const value: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if ('error' in value && typeof value.error === 'object') return { kind: 'error', error: value.error };
    if (value === first) return { kind: 'message', message: withCamelCaseKeys(value) };
  }
  throw new WebChannelFormatError('an array is neither a message nor a control word');
}
