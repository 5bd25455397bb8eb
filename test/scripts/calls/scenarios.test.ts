// The scenarios: that they are what Dialogflow would publish, and that together they show everything that it can.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallEvent, placeEvent } from '../../../scripts/calls/call-event.ts';
import { SCENARIOS } from '../../../scripts/calls/scenarios/index.ts';
import { scheduleScenario } from '../../../scripts/calls/schedule.ts';
import { decodeEvent, EVENT_KINDS, INTERIM_KIND } from '../../../shared/event.ts';
import { faultsOf } from '../local/dialogflow/proto-json.ts';

const PLACEMENT = {
  location: 'projects/demo-project/locations/global',
  conversationId: 'c1',
  startedAt: new Date('2026-03-12T09:00:00Z'),
  speed: 1,
};

const eventsOf = (scenario: (typeof SCENARIOS)[number]): CallEvent[] =>
  scheduleScenario(scenario).map((event) => placeEvent(event, PLACEMENT));

/** Every event of every scenario. */
const ALL = SCENARIOS.flatMap(eventsOf);
const ALL_JSON = ALL.map(({ data }) => JSON.stringify(data));

const lifecycleOf = (events: readonly CallEvent[]) =>
  events.flatMap(({ kind, data }) =>
    kind === 'conversation-lifecycle-event' && 'type' in data ? [data.type] : [],
  );

for (const scenario of SCENARIOS) {
  const events = eventsOf(scenario);

  test(`every event of ${scenario.name} is what the protos say`, () => {
    for (const { kind, data } of events) {
      const type = kind === 'human-agent-assistant-event' ? 'HumanAgentAssistantEvent' : 'ConversationEvent';
      assert.equal(faultsOf('v2beta1', type, data), [], JSON.stringify(data));
    }
  });

  test(`every event of ${scenario.name} is one that the functions take`, () => {
    for (const { kind, data, attributes } of events) {
      const event = decodeEvent(
        kind,
        {
          data: Buffer.from(JSON.stringify(data)).toString('base64'),
          attributes: { ...attributes },
          messageId: '1',
          publishTime: '2026-11-24T09:00:00Z',
        },
        { project: { id: 'demo-project' }, maxBytes: 2 ** 20, now: new Date(), fallback: {} },
      );
      assert.is(event.conversation, 'projects/demo-project/conversations/c1');
      if (kind === INTERIM_KIND) assert.ok(event.utterance);
    }
  });

  test(`${scenario.name} starts, ends and has every kind in a minute or two`, () => {
    const lifecycle = lifecycleOf(events);
    assert.is(lifecycle[0], 'CONVERSATION_STARTED');
    assert.is(lifecycle.at(-1), 'CONVERSATION_FINISHED');
    assert.match(JSON.stringify(events.at(-1)?.data), 'CONVERSATION_FINISHED');
    assert.equal(new Set(events.map(({ kind }) => kind)), new Set(EVENT_KINDS));
    const seconds = (events.at(-1)?.atMs ?? 0) / 1_000;
    assert.ok(seconds > 40 && seconds < 180, `${seconds} s`);
  });

  test(`the interim transcripts of ${scenario.name} come before the message they become`, () => {
    const closed = new Set<string>();
    for (const { kind, data, attributes } of events) {
      if ('newMessagePayload' in data) closed.add(data.newMessagePayload?.name.split('/').at(-1) ?? '');
      if (kind !== INTERIM_KIND) continue;
      assert.equal(Object.keys(attributes), ['participant_id', 'participant_role', 'message_id']);
      assert.not(closed.has(attributes.message_id ?? ''));
    }
  });

  test(`the answer records of ${scenario.name} are unique, or named on purpose`, () => {
    const text = JSON.stringify(events.map(({ data }) => data));
    const records = [...text.matchAll(/"answerRecord":"[^"]*\/answerRecords\/(c1-\d+)"/g)].map(
      ([, id]) => id,
    );
    assert.is(new Set(records).size, records.length);
    for (const [, name] of text.matchAll(/"triggeringToolCallAnswerRecords":\["([^"]+)"/g))
      assert.match(text, `"answerRecord":"${name}"`);
  });

  test(`the sources that ${scenario.name} quotes stand where it says, in bytes`, () => {
    for (const { data } of events) {
      for (const result of 'suggestionResults' in data ? data.suggestionResults : []) {
        const { guidances = [] } = result.generateCompanionSuggestionsResponse?.companionSuggestion ?? {};
        for (const { suggestedReply = '', groundingMetadata } of guidances) {
          for (const { segment } of groundingMetadata?.groundingSupports ?? []) {
            const quoted = Buffer.from(suggestedReply).subarray(segment.startIndex ?? 0, segment.endIndex);
            assert.is(quoted.toString(), segment.text);
          }
        }
      }
    }
  });

  test(`the entities of ${scenario.name} are parts that make up the message`, () => {
    for (const { data } of events) {
      if (!('newMessagePayload' in data) || data.newMessagePayload?.messageAnnotation === undefined) continue;
      const { content, messageAnnotation } = data.newMessagePayload;
      assert.is(messageAnnotation.parts?.map(({ text }) => text).join(''), content);
    }
  });
}

test('the scenarios have different names, and two are in other languages', () => {
  assert.is(new Set(SCENARIOS.map(({ name }) => name)).size, 8);
  const languages = SCENARIOS.map(({ language }) => language);
  assert.ok(languages.includes('fr-FR') && languages.includes('ja-JP'));
});

for (const member of [
  'error',
  'suggestArticlesResponse',
  'suggestFaqAnswersResponse',
  'suggestSmartRepliesResponse',
  'suggestKnowledgeAssistResponse',
  'generateSuggestionsResponse',
  'generateCompanionSuggestionsResponse',
  'suggestDialogflowAssistsResponse',
  'suggestEntityExtractionResponse',
]) {
  test(`a scenario has a suggestion of the kind ${member}`, () => {
    assert.ok(
      ALL.some(
        ({ data }) =>
          'suggestionResults' in data &&
          data.suggestionResults.some((result) => Object.hasOwn(result, member)),
      ),
    );
  });
}

for (const [what, field] of Object.entries({
  'an answer of a FAQ': '"faqSource":',
  'a generated answer': '"generativeSource":',
  'an answer of a playbook': '"playbookSource":',
  'an answer of an event': '"eventSource":',
  'a search context': '"searchContexts":',
  'further queries': '"additionalSuggestedQueryResults":',
  'a reason for no answer': '"datastoreResponseReason":',
  'free text': '"freeFormSuggestion":',
  'a summary': '"summarySuggestion":',
  coaching: '"agentCoachingSuggestion":',
  'coaching instructions': '"applicableInstructions":',
  'a repeated coaching': '"duplicateCheckResult":',
  'a tool call to confirm': '"state":"NEEDS_CONFIRMATION"',
  'a tool call with a result': '"content":"{',
  'a tool call that failed': '"error":{"message"',
  'the tool calls of a guidance': '"toolCalls":',
  'a guidance after a tool call': '"triggeringToolCallAnswerRecords":',
  'a guidance with sources': '"knowledgeSources":',
  'grounding in the web': '"webSearchQueries":',
  'grounding in documents': '"retrievedContext":',
  'an intent': '"intentSuggestion":',
  'an answer of a virtual agent': '"queryResult":',
  'a message of a virtual agent': '"participantRole":"AUTOMATED_AGENT"',
  'a hand-over in a message': '"liveAgentHandoff":',
  sentiment: '"sentimentAnalysis":',
  entities: '"messageAnnotation":',
  'the start of a voice': '"SPEECH_ACTIVITY_BEGIN"',
  'the end of a voice': '"SPEECH_ACTIVITY_END"',
  'digits of the keypad': '"DTMF_DIGITS"',
  'the digits so far': '"PARTIAL_DTMF_DIGITS"',
  'a stability': '"stability":',
  'a call for a human': '"HUMAN_INTERVENTION_NEEDED"',
  'an error of the conversation': '"UNRECOVERABLE_ERROR"',
})) {
  test(`a scenario has ${what}`, () => {
    assert.ok(
      ALL_JSON.some((json) => json.includes(field)),
      field,
    );
  });
}

test.run();
