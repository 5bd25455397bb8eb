import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Call } from '../../../relay/desktop/calls/call.ts';
import { createCallTools } from '../../../relay/desktop/calls/call-tools.ts';
import type { Desktop } from '../../../relay/desktop/desktop.ts';

const NAME = 'projects/p/locations/global/conversations/c';

function start() {
  const call = new Call(NAME);
  return { call, tools: createCallTools(call, {} as Desktop, () => {}) };
}

function say(call: Call, languageCode: string): void {
  const newMessagePayload = { name: `${NAME}/messages/${languageCode}`, content: 'x', languageCode };
  const event = {
    conversation_name: 'projects/p/conversations/c',
    data: JSON.stringify({ conversation: NAME, newMessagePayload }),
    data_type: 'new-message-event' as const,
    ack_time: '',
    publish_time: new Date(1_000).toISOString(),
    message_id: languageCode,
    cursor: languageCode,
  };
  call.receive(event, 1_000);
}

test('the language of a call is what was spoken last', () => {
  const { call, tools } = start();
  assert.is(tools.languageCode(), navigator.language);
  say(call, 'fr-FR');
  assert.is(tools.languageCode(), 'fr-FR');
  say(call, 'ja-JP');
  assert.is(tools.languageCode(), 'ja-JP');
});

test.run();
