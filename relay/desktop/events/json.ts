// Reads JSON that came from outside: nothing of its form is taken for granted.

export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object, else an empty one. */
export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

/** The objects in a member that is an array; none where it is something else. */
export function objectsAt(object: JsonObject, name: string): JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A member that is a text, else `''`. */
export function textAt(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

/** A member that is a finite number, else undefined. */
export function numberAt(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A time of RFC 3339 in milliseconds since 1970, else undefined. */
export function timeAt(object: JsonObject, name: string): number | undefined {
  const time = Date.parse(textAt(object, name));
  return Number.isNaN(time) ? undefined : time;
}
