/** The fake project's number; service agents are named after it. */
export const PROJECT_NUMBER = '123456789012';

export type Json = Record<string, unknown>;

export interface Answer {
  code: number;
  body: unknown;
}

/** One request as a route sees it. */
export interface Call {
  match: readonly string[];
  body: Json;
  query: URLSearchParams;
  raw: Buffer;
  /** The fake's own address, for the upload addresses it hands out. */
  base: string;
}

export interface Route {
  api: string;
  method: string;
  path: RegExp;
  answer(call: Call, state: State): Answer | undefined;
}

/** What the fake project holds: resources by name, policies and finished operations. */
export class State {
  readonly resources = new Map<string, Json>();
  readonly policies = new Map<string, Json>();
  readonly operations = new Map<string, Json>();
  /** Permissions that the caller does not have; only the question for them is answered so. */
  readonly denied = new Set<string>();
  /** Told of every message that is published, with its text and id. */
  onPublish?: (topic: string, text: string, id: string) => void;
  #serial = 0;

  next(): number {
    return ++this.#serial;
  }

  get(name: string): Answer {
    const found = this.resources.get(name);
    return found === undefined ? missing(name) : ok(found);
  }

  create(name: string, value: Json, operationIn?: { parent: string; type: string; metadata?: Json }): Answer {
    if (this.resources.has(name)) return failure(409, 'ALREADY_EXISTS', `Resource '${name}' already exists`);
    this.resources.set(name, value);
    if (operationIn === undefined) return ok(value);
    return ok(
      this.operation(operationIn.parent, { '@type': operationIn.type, ...value }, operationIn.metadata),
    );
  }

  /** Replaces the given fields; objects are merged one level deep, as the update masks of gcloud amount to. */
  patch(name: string, changes: Json): Json | undefined {
    const found = this.resources.get(name);
    if (found === undefined) return undefined;
    for (const [key, value] of Object.entries(changes)) {
      found[key] =
        isObject(value) && key !== 'expirationPolicy' ? { ...asObject(found[key]), ...value } : value;
    }
    return found;
  }

  /** A long-running operation that has finished already. */
  operation(parent: string, response: Json, metadata: Json = {}): Json {
    const name = `${parent}/operations/operation-${this.next()}`;
    const operation = { name, done: true, metadata, response };
    this.operations.set(name, operation);
    return operation;
  }

  iam(resource: string, verb: string, body: Json): Answer | undefined {
    if (verb === 'testIamPermissions') {
      const asked = Array.isArray(body.permissions) ? body.permissions : [];
      if (asked.includes('no.such.permission')) return failure(400, 'INVALID_ARGUMENT', 'not valid');
      return ok({ permissions: asked.filter((each) => !this.denied.has(String(each))) });
    }
    if (verb === 'setIamPolicy') this.policies.set(resource, { ...asObject(body.policy), etag: this.etag() });
    else if (verb !== 'getIamPolicy') return undefined;
    return ok(this.policies.get(resource) ?? { version: 1, etag: 'BwXAAAAA', bindings: [] });
  }

  /** Who may do what with a thing goes with it. @param ending of its name */
  dropPolicies(ending: string): void {
    for (const name of [...this.policies.keys()]) if (name.endsWith(ending)) this.policies.delete(name);
  }

  /** gcloud decodes it: it must be base64. */
  etag(): string {
    return Buffer.from(String(this.next())).toString('base64');
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function ok(body: unknown = {}): Answer {
  return { code: 200, body };
}

export function failure(code: number, status: string, message: string): Answer {
  return { code, body: { error: { code, status, message } } };
}

export function missing(name: string): Answer {
  return failure(404, 'NOT_FOUND', `Resource '${name}' was not found`);
}
