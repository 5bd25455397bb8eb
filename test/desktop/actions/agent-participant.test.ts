import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agentAccessOf, createAgentParticipant } from '../../../relay/desktop/actions/agent-participant.ts';
import { createAnswerSender } from '../../../relay/desktop/actions/answer-sender.ts';
import { NoParticipantError } from '../../../relay/desktop/api/no-participant.ts';
import { problemOf } from '../../../relay/desktop/api/sentence-of.ts';
import type { AnalyzeContentRequest, Conversation, Participant } from '../../../relay/desktop/api/types.ts';

const CUSTOMER: Participant = { name: 'c/participants/1', role: 'END_USER' };
const AGENT: Participant = { name: 'c/participants/2', role: 'HUMAN_AGENT' };
const VOICE: Conversation = { telephonyConnectionInfo: {} };

test('a chat with an agent is answered as that participant', () => {
  assert.equal(agentAccessOf({}, [CUSTOMER, AGENT]), {
    participant: AGENT.name,
    canCreate: false,
    noAnswer: undefined,
  });
});

test('in a chat without one, the agent becomes a participant', () => {
  assert.equal(agentAccessOf({}, [CUSTOMER]), {
    participant: undefined,
    canCreate: true,
    noAnswer: undefined,
  });
});

for (const [what, conversation, noAnswer] of [
  ['a phone call', VOICE, 'voice'],
  ['a conversation that is over', { lifecycleState: 'COMPLETED' }, 'ended'],
  ['a conversation of a virtual agent', { conversationStage: 'VIRTUAL_AGENT_STAGE' }, 'virtual-agent'],
] as [string, Conversation, string][]) {
  test(`${what} makes no participant: ${noAnswer}`, () => {
    assert.equal(agentAccessOf(conversation, []), { participant: undefined, canCreate: false, noAnswer });
    assert.is(agentAccessOf(conversation, [AGENT]).participant, AGENT.name);
  });
}

/** Dialogflow with one conversation. */
function dialogflow(conversation: Conversation, participants: Participant[]) {
  const calls: string[] = [];
  const note = <T>(name: string, value: T) => {
    calls.push(name);
    return Promise.resolve(value);
  };
  const api = {
    getConversation: () => note('get', conversation),
    listParticipants: () => note('list', participants),
    createParticipant: () => note('create', AGENT),
  };
  return { api, calls };
}

test('a look makes no participant; the first message does, once', async () => {
  const { api, calls } = dialogflow({}, [CUSTOMER]);
  const agent = createAgentParticipant(api, 'c');
  await agent.look();
  assert.not.ok(calls.includes('create'));
  assert.equal(await Promise.all([agent.name(), agent.name()]), [AGENT.name, AGENT.name]);
  assert.is(calls.filter((call) => call === 'create').length, 1);
});

for (const [what, conversation, reason, sentence] of [
  ['in a phone call', VOICE, 'no-participant', /has no participant for the agent/],
  ['in a conversation that is over', { lifecycleState: 'COMPLETED' }, 'ended', /is over/],
] as [string, Conversation, string, RegExp][]) {
  test(`a refused participant ${what} is told as ${reason}`, async () => {
    const agent = createAgentParticipant(dialogflow(conversation, [CUSTOMER]).api, 'c');
    const error = await agent.name().catch((thrown: unknown) => thrown);
    assert.instance(error, NoParticipantError);
    assert.is((error as NoParticipantError).reason, reason);
    assert.match(problemOf(error, 0).sentence, sentence);
  });
}

test('in a phone call the agent asks the companion as the participant of the telephony', async () => {
  assert.is(await createAgentParticipant(dialogflow(VOICE, [AGENT]).api, 'c').name(), AGENT.name);
});

test('a look that failed is made again', async () => {
  const { api } = dialogflow({}, [AGENT]);
  let looks = 0;
  const flaky = {
    ...api,
    listParticipants: () => (++looks === 1 ? Promise.reject(new Error('down')) : api.listParticipants()),
  };
  const agent = createAgentParticipant(flaky, 'c');
  assert.is(await agent.name().catch(() => 'failed'), 'failed');
  assert.is(await agent.name(), AGENT.name);
});

test('a text that failed is sent again with its id, and another with another', async () => {
  const sent: AnalyzeContentRequest[] = [];
  let isDown = true;
  let ids = 0;
  const send = createAnswerSender({
    api: {
      async analyzeContent(_participant, request) {
        sent.push(request);
        if (isDown) throw new Error('down');
        return {};
      },
    },
    participant: async () => 'p',
    languageCode: () => 'fr-FR',
    newId: () => `id-${++ids}`,
  });
  await send('Hello').catch(() => {});
  isDown = false;
  for (const text of ['Hello', 'Hello', 'Bye']) await send(text);
  assert.equal(
    sent.map(({ textInput, requestId }) => [textInput?.text, requestId]),
    [
      ['Hello', 'id-1'],
      ['Hello', 'id-1'],
      ['Hello', 'id-2'],
      ['Bye', 'id-3'],
    ],
  );
  assert.is(sent[0]?.textInput?.languageCode, 'fr-FR');
});

test.run();
