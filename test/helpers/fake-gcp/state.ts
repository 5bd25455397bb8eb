import { REGIONS } from '../../../scripts/deploy/settings/google-names.ts';

/** The fake project's number; service agents are named after it. */
export const PROJECT_NUMBER = '123456789012';

export type Json = Record<string, unknown>;

export interface Answer {
  code: number;
  body: unknown;
}

/** One request before a route takes it. */
export interface Request {
  method: string;
  api: string;
  path: string;
  query: URLSearchParams;
  body: Json;
  /** The region that `gcloud run` puts before the host. */
  region: string | undefined;
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
  /** APIs that are enabled, such as `run.googleapis.com`. */
  readonly apis = new Set<string>();
  /** Names of what was there before the test began. */
  readonly given = new Set<string>();
  /** Addresses of Google's own accounts that exist. */
  readonly agents = new Set<string>();
  /** Who builds where nobody is named. In an organisation of May 2024 or later it has no role. */
  readonly defaultBuilder = `${PROJECT_NUMBER}-compute@developer.gserviceaccount.com`;
  /** Whether an organisation policy keeps the project to its own customers. */
  forbidsAllUsers = false;
  /** Thousandths of a CPU that one service may take. */
  cpuQuota = 100_000;
  /** How often Google does not know yet an account that was just made. */
  accountDelay = 0;
  /** How often a trigger is refused after Eventarc's agent got its role. */
  eventarcDelay = 0;
  readonly #unknownFor = new Map<string, number>();
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
      const asked = (Array.isArray(body.permissions) ? body.permissions : []).map(String);
      if (asked.includes('no.such.permission')) return failure(400, 'INVALID_ARGUMENT', 'not valid');
      return ok({
        permissions: asked.filter((each) => !this.denied.has(each) && !NOT_OF_AN_OWNER.has(each)),
      });
    }
    const fault =
      this.#holderFault(resource) ??
      (verb === 'setIamPolicy' ? this.#memberFault(resource, body) : undefined);
    if (fault !== undefined) return fault;
    if (verb === 'setIamPolicy') this.policies.set(resource, { ...asObject(body.policy), etag: this.etag() });
    else if (verb !== 'getIamPolicy') return undefined;
    return ok(this.policies.get(resource) ?? { version: 1, etag: 'BwXAAAAA', bindings: [] });
  }

  /** Of what does not exist there is no policy. */
  #holderFault(resource: string): Answer | undefined {
    const [, account] = /\/serviceAccounts\/([^/]+)$/.exec(resource) ?? [];
    if (account !== undefined)
      return this.knowsAccount(account) ? undefined : failure(404, 'NOT_FOUND', 'Unknown service account');
    const [, service] = /\/services\/([^/]+)$/.exec(resource) ?? [];
    const names = [resource, `run:${service}`, resource.replace('/services/', '/functions/')];
    if (/^projects\/[^/]+$/.test(resource) || names.some((name) => this.resources.has(name)))
      return undefined;
    return missing(resource);
  }

  /** Sources: the messages of IAM, as hashicorp and pulumi quote them. */
  #memberFault(resource: string, body: Json): Answer | undefined {
    const before = membersOf(this.policies.get(resource));
    for (const member of membersOf(asObject(body.policy))) {
      if (before.has(member)) continue;
      if (/^all(?:Authenticated)?Users$/.test(member) && this.forbidsAllUsers)
        return failure(
          400,
          'FAILED_PRECONDITION',
          'One or more users named in the policy do not belong to a permitted customer,  perhaps due to an organization policy.',
        );
      const [, account] = /^serviceAccount:(.*)$/.exec(member) ?? [];
      if (account !== undefined && !this.knowsAccount(account))
        return failure(400, 'INVALID_ARGUMENT', `Service account ${account} does not exist.`);
    }
    return undefined;
  }

  hasRole(resource: string, role: string, member: string): boolean {
    const { bindings } = this.policies.get(resource) ?? {};
    return (Array.isArray(bindings) ? bindings : [])
      .map(asObject)
      .some((each) => each.role === role && Array.isArray(each.members) && each.members.includes(member));
  }

  hasRegion(name: string): boolean {
    return REGIONS.includes(name);
  }

  /** Keeps a new account, which Google does not know everywhere at first. */
  createAccount(name: string, email: string, value: Json): Answer {
    if (this.accountDelay > 0) this.#unknownFor.set(email, this.accountDelay);
    return this.create(name, value);
  }

  /** Whether Google knows the account now; asking makes it older. */
  knowsAccount(email: string): boolean {
    const questions = this.#unknownFor.get(email) ?? 0;
    if (questions > 0) {
      this.#unknownFor.set(email, questions - 1);
      return false;
    }
    if (this.agents.has(email) || email === this.defaultBuilder) return true;
    return [...this.resources.keys()].some((name) => name.endsWith(`/serviceAccounts/${email}`));
  }

  /** An account that is deleted leaves its roles behind under another name. */
  renameDeleted(email: string): void {
    const member = `serviceAccount:${email}`;
    for (const policy of this.policies.values())
      for (const entry of Array.isArray(policy.bindings) ? policy.bindings.map(asObject) : [])
        if (Array.isArray(entry.members))
          entry.members = entry.members.map((each) => (each === member ? `deleted:${member}?uid=1` : each));
  }

  /** Whether Eventarc's agent may work for the project, everywhere. */
  isEventarcReady(project: string): boolean {
    const agent = agentOf('eventarc.googleapis.com');
    if (!this.hasRole(`projects/${project}`, 'roles/eventarc.serviceAgent', `serviceAccount:${agent}`))
      return false;
    if (this.eventarcDelay === 0) return true;
    this.eventarcDelay--;
    return false;
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

/** Source: github.com/iann0036/iam-dataset, gcp/roles/owner.json, commit 2073fa5. */
const NOT_OF_AN_OWNER = new Set([
  'storage.objects.create',
  'storage.buckets.get',
  'cloudfunctions.runtimes.list',
]);

/** The account of a service for the project. */
export function agentOf(service: string): string {
  return `service-${PROJECT_NUMBER}@gcp-sa-${service.replace(/\.googleapis\.com$/, '')}.iam.gserviceaccount.com`;
}

function membersOf(policy: Json | undefined): Set<string> {
  const bindings = Array.isArray(policy?.bindings) ? policy.bindings.map(asObject) : [];
  return new Set(bindings.flatMap(({ members }) => (Array.isArray(members) ? members.map(String) : [])));
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

export function failure(
  code: number,
  status: string,
  message: string,
  details: readonly Json[] = [],
): Answer {
  return { code, body: { error: { code, status, message, ...(details.length === 0 ? {} : { details }) } } };
}

export function missing(name: string): Answer {
  return failure(404, 'NOT_FOUND', `Resource '${name}' was not found`);
}
