// What the simulator of Dialogflow answers about a call that is played and not made through its API.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeEvent } from '../../../../scripts/calls/call-event.ts';
import { billing } from '../../../../scripts/calls/scenarios/billing.ts';
import { telecomOutage } from '../../../../scripts/calls/scenarios/telecom-outage.ts';
import { scheduleScenario } from '../../../../scripts/calls/schedule.ts';
import { createApi } from '../../../../scripts/local/dialogflow/api.ts';
import { createConversations } from '../../../../scripts/local/dialogflow/conversations.ts';

const LOCATION = 'projects/demo-project/locations/global';
const NAME = `${LOCATION}/conversations/c`;

test('a played call has its state and messages, and publishes nothing', () => {
  const published: string[] = [];
  const conversations = createConversations({
    publisher: { publish: async (kind) => String(published.push(kind)) },
  });
  const placement = { location: LOCATION, conversationId: 'c', startedAt: new Date(), speed: 1 };
  const stages = new Set<string>();
  for (const event of scheduleScenario(telecomOutage)) {
    conversations.keep(placeEvent(event, placement).data);
    const { conversationStage, lifecycleState } = conversations.get(NAME);
    stages.add(`${conversationStage} ${lifecycleState}`);
  }
  assert.equal(
    [...stages],
    ['HUMAN_ASSIST_STAGE IN_PROGRESS', 'VIRTUAL_AGENT_STAGE IN_PROGRESS', 'HUMAN_ASSIST_STAGE COMPLETED'],
  );
  assert.equal(
    conversations.participants(NAME).map(({ name, role }) => [name.split('/').at(-1), role]),
    [
      ['agent', 'HUMAN_AGENT'],
      ['customer', 'END_USER'],
      ['virtual-agent', 'AUTOMATED_AGENT'],
    ],
  );
  assert.match(conversations.messages(NAME)[0]?.content ?? '', 'The mobile data would really help.');
  assert.equal(published, []);
});

test('a summary of a call that is played, and what a search finds, are about that call', async () => {
  const conversations = createConversations({ publisher: { publish: async () => '1' } });
  const placement = { location: LOCATION, conversationId: 'c', startedAt: new Date(), speed: 1 };
  for (const event of scheduleScenario(billing)) conversations.keep(placeEvent(event, placement).data);
  const api = createApi(conversations);
  const ask = async (path: string, body: unknown = {}) =>
    JSON.stringify(
      await api({ method: 'POST', path: `${NAME}/${path}`, query: new URLSearchParams(), body }),
    );
  assert.match(
    await ask('suggestions:suggestConversationSummary'),
    'the same train ticket was charged twice',
  );
  const search = (text: string) => ask('suggestions:searchKnowledge', { query: { text } });
  assert.match(await search('When does a reservation lapse?'), 'A reservation lapses after seven days');
  assert.match(
    await search('Why is the same payment there twice?'),
    'One of the two is usually a reservation',
  );
});

test.run();
