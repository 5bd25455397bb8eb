export interface ApiRequest {
  method: string;
  /** Path without the version, e.g. `projects/P/locations/L/conversations/C:complete`. */
  path: string;
  query: URLSearchParams;
  /** Parsed; undefined when there was none. */
  body: unknown;
}

/** Takes the resource's name and the request, gives the body of the answer. */
type Handler = (name: string, request: ApiRequest) => unknown;

export interface Route {
  method: string;
  /** Its first group is the resource's name. */
  pattern: RegExp;
  handle: Handler;
}

/** Patterns of names. */
export const PARENT = 'projects/[^/:]+/locations/[^/:]+';
export const CONVERSATION = `${PARENT}/conversations/[^/:]+`;
export const PARTICIPANT = `${CONVERSATION}/participants/[^/:]+`;

export function on(method: string, resource: string, suffix: string, handle: Handler): Route {
  return { method, pattern: new RegExp(`^(${resource})${suffix}$`), handle };
}
