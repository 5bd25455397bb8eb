import { isTooDeep, LEVELS_MAX } from '../levels.ts';
import { WebChannelFormatError } from './chunk-parser.ts';

/**
 * Fields whose members are data: maps of texts, and structs. Their keys are names that a customer's tool or document has
 * chosen. Source: dialogflow.v2beta1, every field of the types `map<string, string>`, `Struct` and `Value`.
 */
export const DATA_FIELDS: ReadonlySet<string> = new Set([
  'cesDebugInfo',
  'cxParameters',
  'cxSessionParameters',
  'diagnosticInfo',
  'documentsMetadataFilters',
  'endUserMetadata',
  'extraInfo',
  'formattedValue',
  'initialVirtualAgentParameters',
  'inputParameters',
  'inputSchema',
  'metadata',
  'outputSchema',
  'parameters',
  'payload',
  'requestHeaders',
  'textSections',
  'virtualAgentParameters',
  'webhookHeaders',
  'webhookPayload',
]);

/**
 * A message with the names of proto3's canonical JSON: `send_time` becomes `sendTime`. What is in a field of
 * {@link DATA_FIELDS} stays as it is.
 *
 * @throws {WebChannelFormatError} for a message that is nested too deeply to be walked.
 */
export function withCamelCaseKeys(message: object): object {
  if (isTooDeep(message)) throw new WebChannelFormatError(`a message has more than ${LEVELS_MAX} levels`);
  return converted(message) as object;
}

function converted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(converted);
  const entries = Object.entries(value).map(([key, member]) => {
    const name = camelCase(key);
    return [name, DATA_FIELDS.has(name) ? member : converted(member)];
  });
  return Object.fromEntries(entries);
}

/** Only what a proto's field can be called: any other key stays, `__proto__` for one. */
function camelCase(key: string): string {
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(key)) return key;
  return key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
