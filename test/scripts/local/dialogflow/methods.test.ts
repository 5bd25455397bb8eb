// Every method of Dialogflow that the relay's proxy forwards, asked of the simulator.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchRoute } from '../../../../relay/dialogflow/routes.ts';
import { createConversations } from '../../../../scripts/local/dialogflow/conversations.ts';
import { type DialogflowServer, startDialogflowServer } from '../../../../scripts/local/dialogflow/server.ts';
import { dialogflowPackage, faultsOf, type ProtoMethod } from './proto-json.ts';

const PARENT = 'projects/demo-project/locations/global';
const VERBS = ['get', 'post', 'patch', 'put', 'delete'] as const;

interface Rule {
  version: string;
  method: string;
  verb: string;
  path: string;
  responseType: string;
}

/** The HTTP rules of a method, with the names of resources that the simulator has. */
function rulesOf(version: string, method: string, { parsedOptions = [], responseType }: ProtoMethod): Rule[] {
  const rules = parsedOptions
    .map((option) => option['(google.api.http)'] as Record<string, unknown> | undefined)
    .flatMap((rule) => (rule === undefined ? [] : [rule, rule.additional_bindings ?? []].flat()));
  return (rules as Record<string, string>[]).flatMap((rule) =>
    VERBS.filter((verb) => rule[verb] !== undefined).map((verb) => {
      const path = named(rule[verb] ?? '');
      return { version, method, verb: verb.toUpperCase(), path, responseType };
    }),
  );
}

const IDS: Readonly<Record<string, string>> = {
  projects: 'demo-project',
  locations: 'global',
  conversations: 'c-1',
  participants: 'p-1',
};

/** A path in which each `*` is the id of a resource. */
function named(template: string): string {
  const segments = template.replace(/\{[^=}]+=([^}]+)\}/g, '$1').split('/');
  return segments
    .map((segment, index) => segment.replace(/^\*+/, () => IDS[segments[index - 1] ?? ''] ?? 'demo'))
    .join('/');
}

const RULES = ['v2', 'v2beta1'].flatMap((version) =>
  Object.values(dialogflowPackage(version).nested ?? {}).flatMap(({ methods = {} }) =>
    Object.entries(methods).flatMap(([name, method]) => rulesOf(version, name, method)),
  ),
);

const forwarded = RULES.filter(
  ({ verb, path }) => matchRoute(verb, path, { id: 'demo-project' }).kind === 'forward',
);

/** The body that a method needs. */
const BODIES: Readonly<Record<string, object>> = {
  CreateConversation: { conversationProfile: `${PARENT}/conversationProfiles/demo` },
  CreateParticipant: { role: 'END_USER' },
  AnalyzeContent: { textInput: { text: 'Where is my parcel?' } },
  BatchCreateMessages: { requests: [{ message: { content: 'Hello', participant: 'p-1' } }] },
  SearchKnowledge: { query: { text: 'delivery' } },
  GenerateStatelessSummary: { statelessConversation: { messages: [] } },
  IngestContextReferences: {
    contextReferences: {
      order_id: { contextContents: [{ content: 'A-1', contentFormat: 'PLAIN_TEXT' }], updateMode: 'APPEND' },
    },
  },
};

let server: DialogflowServer;

test.before(async () => {
  const conversations = createConversations({ publisher: { publish: async () => '1' } });
  server = await startDialogflowServer(conversations);
  const { name } = await conversations.create(PARENT, `${PARENT}/conversationProfiles/demo`, 'c-1');
  conversations.addParticipant(name, 'END_USER', 'p-1');
});

test.after(() => server.stop());

async function call({ method, verb, path }: Pick<Rule, 'method' | 'verb' | 'path'>) {
  const body = verb === 'GET' ? {} : { body: JSON.stringify(BODIES[method] ?? {}) };
  const response = await fetch(server.url + path, { method: verb, ...body });
  return { status: response.status, body: (await response.json()) as unknown };
}

test('the proxy forwards the methods that this file asks', () => {
  const names = new Set(forwarded.map(({ method }) => method));
  assert.ok(names.size >= 26, `${names.size} methods`);
  for (const name of ['SearchKnowledge', 'SuggestConversationSummary', 'GenerateSuggestions']) {
    assert.ok(names.has(name), name);
  }
});

// A completed conversation takes no message.
const isLast = ({ method }: Rule) => Number(method === 'CompleteConversation');
for (const rule of [...forwarded].sort((a, b) => isLast(a) - isLast(b))) {
  test(`${rule.version} ${rule.method} is answered as its proto says`, async () => {
    const { status, body } = await call(rule);
    assert.is(status, 200, JSON.stringify(body));
    assert.equal(faultsOf(rule.version, rule.responseType, body), []);
  });
}

test('a stateless summary, and what companion agents read, are answered', async () => {
  const path = `/v2beta1/${PARENT}`;
  const summary = await call({
    method: 'GenerateStatelessSummary',
    verb: 'POST',
    path: `${path}/suggestions:generateStatelessSummary`,
  });
  assert.is(summary.status, 200);
  assert.equal(faultsOf('v2beta1', 'GenerateStatelessSummaryResponse', summary.body), []);
  for (const name of [`${PARENT}/companionAgents/a`, `${PARENT}/companionAgentWorkflows/w`]) {
    const { status, body } = await call({ method: '', verb: 'GET', path: `/v2beta1/${name}` });
    assert.is(status, 200);
    assert.equal(body, { name, displayName: 'Local demo' });
  }
});

test('feedback on an answer is read back', async () => {
  const url = `${server.url}/v2beta1/${PARENT}/answerRecords/a-1`;
  const answerFeedback = { correctnessLevel: 'FULLY_CORRECT', clicked: true };
  await fetch(`${url}?updateMask=answerFeedback`, {
    method: 'PATCH',
    body: JSON.stringify({ answerFeedback }),
  });
  const record = (await (await fetch(url)).json()) as object;
  assert.equal(record, { name: `${PARENT}/answerRecords/a-1`, answerFeedback });
  assert.equal(faultsOf('v2beta1', 'AnswerRecord', record), []);
});

test('feedback takes what its mask names, appends addresses and marks a used answer', async () => {
  const url = `${server.url}/v2beta1/${PARENT}/answerRecords/a-2`;
  const detail = 'answerFeedback.agentAssistantDetailFeedback.knowledgeSearchFeedback';
  const patch = (mask: string, answerFeedback: object) =>
    fetch(`${url}?updateMask=${mask}`, { method: 'PATCH', body: JSON.stringify({ answerFeedback }) });
  const search = (feedback: object) => ({
    agentAssistantDetailFeedback: { knowledgeSearchFeedback: feedback },
  });
  await patch('answerFeedback.displayed', { displayed: true, correctnessLevel: 'NOT_CORRECT' });
  await patch('answer_feedback.correctness_level', { correctness_level: 'FULLY_CORRECT' });
  await patch(`${detail}.clickedUris`, search({ clickedUris: ['https://a.example'] }));
  await patch(`${detail}.clickedUris,${detail}.answerCopied`, {
    ...search({ clickedUris: ['https://b.example'], answerCopied: true }),
  });
  await patch('answerFeedback.displayed', {});
  const record = (await (await fetch(url)).json()) as object;
  assert.equal(record, {
    name: `${PARENT}/answerRecords/a-2`,
    answerFeedback: {
      correctnessLevel: 'FULLY_CORRECT',
      ...search({ clickedUris: ['https://a.example', 'https://b.example'], answerCopied: true }),
      clicked: true,
    },
  });
  assert.equal(faultsOf('v2beta1', 'AnswerRecord', record), []);
});

test('a body that is no message of its type is found', () => {
  const faults = faultsOf('v2beta1', 'SearchKnowledgeResponse', {
    answers: [{ answer: 1, answerType: 'OTHER', answerSources: {} }],
    rewritten_query: 'a',
  });
  assert.equal(faults, [
    'SearchKnowledgeResponse.answers.0.answer is not a text',
    'SearchKnowledgeResponse.answers.0.answerType is not of AnswerType',
    'SearchKnowledgeResponse.answers.0.answerSources is no list',
    'SearchKnowledgeResponse.rewritten_query is not a field',
  ]);
});

test.run();
