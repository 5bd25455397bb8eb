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

const text = { type: 'string' };
const list = (type: string) => ({ rule: 'repeated', type });
const message = (fields: NonNullable<ProtoNode['fields']>): ProtoNode => ({ fields });

/**
 * What the package @google-cloud/dialogflow lacks. Source: googleapis, google/cloud/dialogflow/v2beta1/participant.proto,
 * companion_agent.proto and grounding.proto.
 */
const COMPANION: Readonly<Record<string, ProtoNode>> = {
  GenerateCompanionSuggestionsResponse: message({
    companionSuggestion: { type: 'CompanionSuggestion' },
    answerRecord: text,
    latestMessage: text,
    suggestionIndex: { type: 'int32' },
  }),
  CompanionSuggestion: message({ guidances: list('Guidance') }),
  Guidance: message({
    suggestedReply: text,
    suggestedAction: text,
    instructionSource: { type: 'GuidanceInstruction' },
    knowledgeSources: list('GuidanceKnowledgeSource'),
    explanation: text,
    groundingMetadata: { type: 'GroundingMetadata' },
    toolCalls: list('ToolCallSuggestion'),
    triggeringToolCallAnswerRecords: list('string'),
  }),
  GuidanceKnowledgeSource: message({
    knowledgeArticleUrl: text,
    knowledgeArticleTitle: text,
    knowledgeSnippet: text,
  }),
  GuidanceInstruction: message({
    displayName: text,
    displayDetails: text,
    condition: text,
    actions: list('GuidanceAction'),
    triggerEvent: { type: 'GuidanceTriggerEvent' },
    disableSuggestedReply: { type: 'bool' },
  }),
  GuidanceAction: message({ description: text }),
  GuidanceTriggerEvent: {
    values: { TRIGGER_EVENT_UNSPECIFIED: 0, END_OF_UTTERANCE: 1, CUSTOMER_MESSAGE: 2, AGENT_MESSAGE: 3 },
  },
  ToolCallSuggestion: message({
    toolCallInfo: { type: 'GeneratorSuggestion.ToolCallInfo' },
    textUpdate: text,
  }),
  GroundingMetadata: message({
    webSearchQueries: list('string'),
    searchEntryPoint: { type: 'SearchEntryPoint' },
    groundingChunks: list('GroundingChunk'),
    groundingSupports: list('GroundingSupport'),
  }),
  SearchEntryPoint: message({ renderedContent: text }),
  GroundingChunk: message({ web: { type: 'GroundingWeb' }, retrievedContext: { type: 'GroundingContext' } }),
  GroundingWeb: message({ uri: text, title: text, domain: text }),
  GroundingContext: message({ uri: text, title: text, text }),
  GroundingSupport: message({ segment: { type: 'GroundingSegment' }, groundingChunkIndices: list('int32') }),
  GroundingSegment: message({ startIndex: { type: 'int32' }, endIndex: { type: 'int32' }, text }),
};

const v2beta1 = root.nested?.google?.nested?.cloud?.nested?.dialogflow?.nested?.v2beta1;
Object.assign(v2beta1?.nested ?? {}, COMPANION);
Object.assign(v2beta1?.nested?.SuggestionResult?.fields ?? {}, {
  generateCompanionSuggestionsResponse: { type: 'GenerateCompanionSuggestionsResponse' },
});

/** The package of a version, with its messages, enums and services. */
export function dialogflowPackage(version: string): ProtoNode {
  return ['google', 'cloud', 'dialogflow', version].reduce<ProtoNode>(
    (node, name) => node.nested?.[name] ?? {},
    root,
  );
}

const TEXTS = /^(?:string|bytes|int64|uint64)$/;
const STATUS = message({ code: { type: 'int32' }, message: text });
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
  if (type === 'google.protobuf.Duration')
    return /^\d+(\.\d+)?s$/.test(String(value)) ? [] : [`${path} is not a duration`];
  const found = type === 'google.rpc.Status' ? { node: STATUS, outer: [] } : find(scopes, type);
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
