// Tool calls in the panel: confirmed, edited, declined.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as events from '../events.ts';
import { view } from './panel-view.ts';

const TIMEOUT = 'Dialogflow did not answer in time. Try again.';

test('a tool call is confirmed once, as it was proposed', async () => {
  await view.open();
  await view.show({ generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({})] } });
  await view.button('Confirm').dblclick();
  await view.page.getByText('Sent. The result follows.').waitFor();
  assert.is(await view.button(/Confirm|Edit|Do not run/).count(), 0);
  const { inputParameters: parameters, answerRecord } = events.TOOL_CALL;
  assert.equal((await view.calls()).map(withoutTime), [
    ['runTool', { answerRecord, action: 'CONFIRM', parameters }],
  ]);
  await view.show({
    generateSuggestionsResponse: {
      generatorSuggestionAnswers: [
        toolAnswer({ state: 'TRIGGERED' }, { content: '{"refund_id":"R-1"}', answerRecord }),
      ],
    },
  });
  assert.is(await view.card('tool').count(), 1);
  await view.says('tool', /Done[\s\S]*R-1/);
});

test('an edited tool call with a wrong number says so, and runs when it is right', async () => {
  await view.open();
  await view.show({ generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({})] } });
  await view.button('Edit').click();
  await view.page.getByLabel('amount').fill('ten');
  await view.button('Run').click();
  const field = view.page.getByLabel('amount');
  await view.says('tool', /amount has to be a number\./);
  assert.is(await field.getAttribute('aria-invalid'), 'true');
  assert.is(await field.evaluate((element) => element === document.activeElement), true);
  await field.fill('10');
  await field.press('Enter');
  assert.equal((await view.calls()).map(withoutTime), [
    [
      'runTool',
      {
        answerRecord: events.TOOL_CALL.answerRecord,
        action: 'CONFIRM',
        parameters: { order_id: 'A-1001', amount: 10, notify: true },
      },
    ],
  ]);
});

test('nested parameters are edited as JSON, with the place of a mistake', async () => {
  await view.open();
  const inputParameters = { items: [{ price: 12.5 }] };
  await view.show({
    generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({ inputParameters })] },
  });
  await view.button('Edit').click();
  await view.page.getByLabel('Parameters as JSON').fill('{\n  "items": oops\n}');
  await view.button('Run').click();
  await view.says('tool', /This is not JSON: see line 2, column 12\./);
  await view.page.getByLabel('Parameters as JSON').fill('[]');
  await view.button('Run').click();
  await view.says('tool', /have to be a JSON object/);
  await view.page.getByLabel('Parameters as JSON').press('Escape');
  assert.is(await view.button('Confirm').count(), 1);
});

test('a tool call that could not be sent says why, and may be declined', async () => {
  await view.open();
  await view.show({ generateSuggestionsResponse: { generatorSuggestionAnswers: [toolAnswer({})] } });
  await view.page.evaluate(() => window.harness.fail('timeout'));
  await view.button('Confirm').click();
  await view.page.getByText(TIMEOUT).waitFor();
  await view.page.evaluate(() => window.harness.fail(undefined));
  await view.button('Do not run').click();
  await view.page.getByText('You declined this.').waitFor();
  assert.is(await view.button(/Confirm|Edit|Do not run/).count(), 0);
});

function toolAnswer(call: object, toolCallResult?: object) {
  const toolCall = { ...events.TOOL_CALL, ...call };
  return {
    generatorSuggestion: { toolCallInfo: [{ toolCall, ...(toolCallResult ? { toolCallResult } : {}) }] },
  };
}

function withoutTime([name, input]: [string, unknown]): [string, object] {
  const { sendTime, ...rest } = input as { sendTime: string };
  assert.ok(Date.parse(sendTime) > 0);
  return [name, rest];
}
