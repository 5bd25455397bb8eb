const FIELD = '"publish_time":"';

/**
 * When an event was published, in milliseconds since 1970; NaN where its envelope does not say.
 *
 * The envelope is searched, not parsed, because this happens with each event. Only short fields follow this one (see
 * `shared/event.ts`), so the search begins at the end. It cannot find what a customer said: quotes in it are escaped.
 *
 * @param json the envelope as JSON text.
 */
export function publishedAt(json: string): number {
  const start = json.lastIndexOf(FIELD) + FIELD.length;
  if (start < FIELD.length) return Number.NaN;
  // `Date.parse` takes a number to be a year.
  if (json[start + 10] !== 'T') return Number.NaN;
  return Date.parse(json.slice(start, json.indexOf('"', start)));
}
