import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAnswerSender } from '../../../relay/desktop/actions/answer-sender.ts';
import type { AnalyzeContentRequest } from '../../../relay/desktop/api/types.ts';

/** A sender whose calls end as a test says, and the ids that it has sent. */
function start() {
  const sent: string[] = [];
  const ends: ((isGood: boolean) => void)[] = [];
  let lastId = 0;
  const send = createAnswerSender({
    api: {
      analyzeContent: (_participant: string, { textInput, requestId }: AnalyzeContentRequest) => {
        sent.push(`${textInput?.text} ${requestId}`);
        return new Promise((resolve, reject) => {
          ends.push((isGood) => (isGood ? resolve({}) : reject(new Error('lost'))));
        });
      },
    },
    participant: async () => 'agent',
    languageCode: () => 'en-US',
    newId: () => `#${++lastId}`,
  });
  /** Sends a text; resolves with whether it arrived. */
  const sends = async (text: string, isGood: boolean) => {
    const outcome = send(text).then(
      () => true,
      () => false,
    );
    await Promise.resolve();
    ends.shift()?.(isGood);
    assert.is(await outcome, isGood);
  };
  return { send, sends, sent, ends };
}

test('a text that failed keeps its id, and one that arrived does not', async () => {
  const { sends, sent } = start();
  await sends('A', false);
  await sends('A', true);
  await sends('A', true);
  assert.equal(sent, ['A #1', 'A #1', 'A #2']);
});

test('a text that failed keeps its id while another one is sent', async () => {
  const { sends, sent } = start();
  await sends('A', false);
  await sends('B', true);
  await sends('A', true);
  assert.equal(sent, ['A #1', 'B #2', 'A #1']);
});

test.run();
