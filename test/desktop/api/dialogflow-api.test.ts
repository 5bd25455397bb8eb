// The page's calls through a relay to the Dialogflow simulator.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ApiError } from '../../../relay/desktop/api/api-error.ts';
import { createDialogflowApi, type DialogflowApi } from '../../../relay/desktop/api/dialogflow-api.ts';
import { createRelayCalls } from '../../../relay/desktop/api/relay-calls.ts';
import { PanelsFixture } from '../../helpers/desktop-panels/panels-fixture.ts';

const fixture = new PanelsFixture(test);

interface Opened {
  api: DialogflowApi;
  /** `METHOD PATH` of each call. */
  paths: string[];
  bodies: Record<string, unknown>[];
}

/** The API as a page of the relay has it, and what it has called. */
function openApi(version: 'v2' | 'v2beta1' = 'v2beta1'): Opened {
  const paths: string[] = [];
  const bodies: Record<string, unknown>[] = [];
  const call = createRelayCalls({
    signIn: { token: async () => fixture.relay.token, register: async () => fixture.relay.token },
    request: (path, init) => {
      paths.push(`${init?.method} ${path}`);
      if (init?.body) bodies.push(JSON.parse(String(init.body)));
      return fetch(`${fixture.relay.url}/${path}`, init);
    },
    now: Date.now,
  });
  return { api: createDialogflowApi({ call, version }), paths, bodies };
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => assert.unreachable('the call did not fail') as never,
    (error: ApiError) => error,
  );
}

for (const version of ['v2', 'v2beta1'] as const) {
  test(`with ${version} the calls of a conversation are answered`, async () => {
    const { name, agent } = await fixture.conversation();
    const { api, paths } = openApi(version);
    assert.is((await api.getConversation(name)).name, name);
    assert.equal(
      (await api.listParticipants(name)).map(({ role }) => role),
      ['HUMAN_AGENT', 'END_USER'],
    );
    const { message } = await api.analyzeContent(agent, {
      textInput: { text: 'Good morning', languageCode: 'en-US' },
    });
    assert.is(message?.content, 'Good morning');
    assert.equal(
      (await api.listMessages(name, { pageSize: 1 })).messages?.map(({ content }) => content),
      ['Good morning'],
    );
    assert.is((await api.suggestConversationSummary(name)).summary?.sortedTextSections?.length, 3);
    await api.completeConversation(name);
    assert.is((await api.getConversation(name)).lifecycleState, 'COMPLETED');
    assert.ok(paths.every((path) => path.includes(` ${version}/projects/`)));
  });
}

test('a search names the profile of the conversation, and one session for all', async () => {
  const { name } = await fixture.conversation();
  const { api, paths, bodies } = openApi();
  const { answers, rewrittenQuery } = await api.searchKnowledge(name, 'delivery time');
  assert.is(answers?.length, 1);
  assert.is(rewrittenQuery, 'delivery time');
  await api.searchKnowledge(name, 'returns', { querySource: 'SUGGESTED_QUERY', languageCode: 'fr-FR' });
  const [first, second] = bodies;
  assert.match(String(first?.conversationProfile), /\/conversationProfiles\/demo$/);
  assert.is(first?.querySource, 'AGENT_QUERY');
  assert.is(second?.querySource, 'SUGGESTED_QUERY');
  assert.equal(second?.query, { text: 'returns', languageCode: 'fr-FR' });
  assert.is(first?.sessionId, second?.sessionId);
  assert.is(paths.filter((path) => path.startsWith('GET')).length, 1);
});

test('two clicks on one answer send one message', async () => {
  const { name, agent } = await fixture.conversation();
  const { api } = openApi();
  const request = { textInput: { text: 'Only once', languageCode: 'en-US' } };
  await Promise.all([api.analyzeContent(agent, request), api.analyzeContent(agent, request)]);
  assert.is((await api.listMessages(name)).messages?.length, 1);
});

test('a request that comes again with its id adds no second message', async () => {
  const { name, agent } = await fixture.conversation();
  const { api } = openApi();
  const request = { textInput: { text: 'Only once', languageCode: 'en-US' }, requestId: crypto.randomUUID() };
  await api.analyzeContent(agent, request);
  await api.analyzeContent(agent, request);
  assert.is((await api.listMessages(name)).messages?.length, 1);
});

test('feedback keeps what earlier patches have said', async () => {
  const { location } = await fixture.conversation();
  const { api } = openApi();
  const record = `${location}/answerRecords/${crypto.randomUUID()}`;
  const opened = (uri: string) => ({
    agentAssistantDetailFeedback: { knowledgeSearchFeedback: { clickedUris: [uri] } },
  });
  const uris = ['answerFeedback.agentAssistantDetailFeedback.knowledgeSearchFeedback.clickedUris'];
  await api.patchAnswerRecord(record, { correctnessLevel: 'FULLY_CORRECT' }, [
    'answerFeedback.correctnessLevel',
  ]);
  await api.patchAnswerRecord(record, opened('https://a.example'), uris);
  await api.patchAnswerRecord(record, opened('https://b.example'), uris);
  assert.equal((await api.getAnswerRecord(record)).answerFeedback, {
    correctnessLevel: 'FULLY_CORRECT',
    agentAssistantDetailFeedback: {
      knowledgeSearchFeedback: { clickedUris: ['https://a.example', 'https://b.example'] },
    },
    clicked: true,
  });
});

test('a decision on a tool call is published with the result, and taken once', async () => {
  const { agent, location } = await fixture.conversation();
  const { api } = openApi();
  const answerRecord = `${location}/answerRecords/${crypto.randomUUID()}`;
  const decide = () =>
    api.analyzeContent(agent, {
      suggestionInput: {
        answerRecord,
        action: 'CONFIRM',
        parameters: { order_id: 'A-7' },
        sendTime: new Date().toISOString(),
      },
    });
  const [first, second] = await Promise.all([decide(), decide()]);
  assert.equal(first, second);
  assert.match(JSON.stringify(first), /"inputParameters":\{"order_id":"A-7"\}/);
  assert.is((await failureOf(decide())).kind, 'ended');
});

test('a name without its location is not sent', async () => {
  const { api, paths } = openApi();
  assert.is(
    (await failureOf(api.getConversation('projects/demo-project/conversations/c'))).kind,
    'no-location',
  );
  assert.equal(paths, []);
});

test('what does not exist is not found, and a call that is over takes no message', async () => {
  const { name, agent, location } = await fixture.conversation();
  const { api } = openApi();
  assert.is((await failureOf(api.getConversation(`${location}/conversations/none`))).kind, 'not-found');
  await api.completeConversation(name);
  const late = api.analyzeContent(agent, { textInput: { text: 'Hello?', languageCode: 'en-US' } });
  assert.is((await failureOf(late)).kind, 'ended');
});

test('a relay that is gone is offline', async () => {
  const call = createRelayCalls({
    signIn: { token: async () => 't', register: async () => 't' },
    request: (path, init) => fetch(`http://127.0.0.1:1/${path}`, init),
    now: Date.now,
  });
  const { name } = await fixture.conversation();
  assert.is((await failureOf(createDialogflowApi({ call }).getConversation(name))).kind, 'offline');
});

test.run();
