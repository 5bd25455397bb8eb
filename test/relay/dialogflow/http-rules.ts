// The HTTP rules of Dialogflow's API, as its client library carries them.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One way to call a method over REST. */
export interface HttpRule {
  version: 'v2' | 'v2beta1';
  /** Service and method, `Agents.GetAgent`. */
  method: string;
  verb: string;
  /** `/v2/{parent=projects/*}/agent` */
  template: string;
}

interface Binding {
  get?: string;
  put?: string;
  post?: string;
  delete?: string;
  patch?: string;
  additional_bindings?: Binding | Binding[];
}

/** A namespace, a service or a message of the description that protobufjs writes. */
interface Node {
  nested?: Record<string, Node>;
  methods?: Record<string, { parsedOptions?: { '(google.api.http)'?: Binding }[] }>;
}

/** What the client library describes: every rule, and the methods that have none because they stream. */
export async function dialogflowRules(): Promise<{ rules: HttpRule[]; withoutRule: string[] }> {
  const file = fileURLToPath(import.meta.resolve('@google-cloud/dialogflow/build/protos/protos.json'));
  const root: Node = JSON.parse(await readFile(file, 'utf8'));
  const versions = root.nested?.google?.nested?.cloud?.nested?.dialogflow?.nested ?? {};
  const rules: HttpRule[] = [];
  const withoutRule = new Set<string>();
  for (const version of ['v2', 'v2beta1'] as const) {
    for (const [service, { methods = {} }] of Object.entries(versions[version]?.nested ?? {})) {
      for (const [name, { parsedOptions = [] }] of Object.entries(methods)) {
        const method = `${service}.${name}`;
        const bindings = parsedOptions.flatMap((option) => bindingsOf(option['(google.api.http)']));
        if (bindings.length === 0) withoutRule.add(method);
        rules.push(...bindings.map(([verb, template]) => ({ version, method, verb, template })));
      }
    }
  }
  return { rules, withoutRule: [...withoutRule] };
}

function bindingsOf(binding: Binding | undefined): [verb: string, template: string][] {
  if (binding === undefined) return [];
  const { additional_bindings: more = [], ...own } = binding;
  const verbs = ['get', 'put', 'post', 'delete', 'patch'] as const;
  const found = verbs.flatMap((verb): [string, string][] => {
    const template = own[verb];
    return template === undefined ? [] : [[verb.toUpperCase(), template]];
  });
  return [...found, ...[more].flat().flatMap(bindingsOf)];
}

/** A path that the rule matches: `{name=projects/*}` becomes `projects/PROJECT`, every other `*` becomes `x`. */
export function examplePath(template: string, project: string, location: string): string {
  return template
    .replaceAll(/\{[\w.]+=([^}]*)\}/g, '$1')
    .replace('projects/*', `projects/${project}`)
    .replace('locations/*', `locations/${location}`)
    .replaceAll('*', 'x');
}
