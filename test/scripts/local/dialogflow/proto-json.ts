// Whether a JSON body is what a message of Google's API is, in the JSON of proto3.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A node of protobufjs's JSON, as far as the tests read it. */
export interface ProtoNode {
  nested?: Record<string, ProtoNode>;
  fields?: Record<string, { type: string; keyType?: string; rule?: string }>;
  values?: Record<string, number>;
  methods?: Record<string, ProtoMethod>;
}

export interface ProtoMethod {
  responseType: string;
  parsedOptions?: Record<string, unknown>[];
}

const file = createRequire(import.meta.url).resolve('@google-cloud/dialogflow/build/protos/protos.json');
const root = JSON.parse(readFileSync(file, 'utf8')) as ProtoNode;

/** The package of a version, with its messages, enums and services. */
export function dialogflowPackage(version: string): ProtoNode {
  return ['google', 'cloud', 'dialogflow', version].reduce<ProtoNode>(
    (node, name) => node.nested?.[name] ?? {},
    root,
  );
}

const TEXTS = /^(?:string|bytes|int64|uint64)$/;
const NUMBERS = /^(?:double|float|u?int32)$/;

/** What is wrong with a body that should be a message of a type, each with its path. */
export function faultsOf(version: string, type: string, body: unknown, path = type): string[] {
  return faultsIn([dialogflowPackage(version)], type, body, path);
}

/** @param scopes in which a type's name is looked for, from the outermost to the innermost. */
function faultsIn(scopes: ProtoNode[], type: string, value: unknown, path: string): string[] {
  if (/^google\.protobuf\.(?:Struct|Value)$/.test(type)) return [];
  if (type === 'google.protobuf.Timestamp') {
    return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? [] : [`${path} is not a time`];
  }
  if (TEXTS.test(type)) return typeof value === 'string' ? [] : [`${path} is not a text`];
  if (NUMBERS.test(type)) return typeof value === 'number' ? [] : [`${path} is not a number`];
  if (type === 'bool') return typeof value === 'boolean' ? [] : [`${path} is not a boolean`];
  const found = find(scopes, type);
  if (found === undefined) return [`${path} has an unknown type, ${type}`];
  const { node, outer } = found;
  if (node.values !== undefined)
    return Object.hasOwn(node.values, String(value)) ? [] : [`${path} is not of ${type}`];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path} is not a message`];
  return Object.entries(value).flatMap(([name, member]) => {
    const field = node.fields?.[name];
    const at = `${path}.${name}`;
    if (field === undefined) return [`${at} is not a field`];
    const check = (item: unknown, where: string) => faultsIn([...outer, node], field.type, item, where);
    if (field.keyType !== undefined)
      return Object.entries(member).flatMap(([key, item]) => check(item, `${at}.${key}`));
    if (field.rule !== 'repeated') return check(member, at);
    return Array.isArray(member)
      ? member.flatMap((item, index) => check(item, `${at}.${index}`))
      : [`${at} is no list`];
  });
}

function find(scopes: ProtoNode[], type: string): { node: ProtoNode; outer: ProtoNode[] } | undefined {
  const absolute = /^google\.cloud\.dialogflow\.(\w+)\.(.+)$/.exec(type);
  const [within, name] = absolute
    ? [[dialogflowPackage(absolute[1] ?? '')], absolute[2] ?? '']
    : [scopes, type];
  for (let length = within.length; length > 0; length--) {
    const outer = within.slice(0, length);
    let node = outer.at(-1);
    for (const part of name.split('.')) {
      node = node?.nested?.[part];
      if (node !== undefined) outer.push(node);
    }
    if (node !== undefined) return { node, outer: outer.slice(0, -1) };
  }
  return undefined;
}
