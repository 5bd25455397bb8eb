// The refusals' part of docs/operations.md is held to the code.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { REFUSAL_REASONS } from '../../relay/refusals/reasons.ts';
import { LINES_MAX, LINES_OF_ONE_MAX, Refusals } from '../../relay/refusals/refusals.ts';
import { createLogger } from '../../shared/log.ts';
import { codeSpans, firstCells, readDoc, rowsUnder } from './markdown.ts';

const page = readDoc('docs/operations.md');
const plain = (text = '') => text.replaceAll('`', '');

test('every reason of a refusal is documented in its words, and no other is', () => {
  assert.equal(
    rowsUnder(page, 'refusal reason').map(([reason, meaning]) => [plain(reason), plain(meaning)]),
    Object.entries(REFUSAL_REASONS).map(([reason, meaning]) => [reason, plain(meaning)]),
  );
});

test('every reason of a refusal has a remedy', () => {
  for (const [reason, , remedy = ''] of rowsUnder(page, 'refusal reason'))
    assert.ok(remedy.length > 5, reason);
});

test('every field of a refusal is documented, and no other is', () => {
  const lines: string[] = [];
  const refusals = new Refusals({
    logger: createLogger('relay', 'info', { write: (line) => lines.push(line) }),
  });
  const details = {
    refused: 'join',
    outcome: 'denied',
    agent: { subject: 'test:agent', tokenId: 'jti' },
    client: { address: '192.0.2.1' },
    conversation: 'projects/p/conversations/c',
    route: '/v2/*',
    status: 403,
    origin: 'https://desk.example.com',
    err: new Error('away'),
  } as const;
  for (let count = 0; count <= LINES_OF_ONE_MAX; count++) refusals.note('access-denied', details);
  refusals.close();
  const everyLineHas = ['severity', 'time', 'service', 'message'];
  const fields = new Set(lines.flatMap((line) => Object.keys(JSON.parse(line))));
  const documented = firstCells(page, 'refusal field').flatMap((cell) =>
    cell.includes('`') ? codeSpans(cell) : [cell],
  );
  assert.equal(documented.sort(), [...fields].filter((field) => !everyLineHas.includes(field)).sort());
});

test('the page has how many lines a reason may have', () => {
  assert.match(page, `at most ${LINES_MAX} lines a minute, and at most ${LINES_OF_ONE_MAX} of one agent`);
});

test.run();
