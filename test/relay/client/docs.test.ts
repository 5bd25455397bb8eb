import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isFinal, REASONS } from '../../../relay/client/reasons.ts';
import { WIRE_ERRORS } from '../../../shared/wire.ts';

const docs = await readFile(new URL('../../../docs/client.md', import.meta.url), 'utf8');
const own: { code: number }[] = Object.values(REASONS);
/** Cells of the tables' rows, trimmed. */
const rows = [...docs.matchAll(/^\|(.+)\|$/gm)].map(([, row = '']) =>
  row.split('|').map((cell) => cell.trim()),
);

test('the table of close codes has each code of the client and says which are final', () => {
  const codes = own.map(({ code }) => code).filter((code) => code !== 0);
  const table = new Map(
    rows.filter(([first = '']) => /^\d{4}$/.test(first)).map(([code, , then = '']) => [Number(code), then]),
  );
  assert.equal(
    [...table.keys()],
    [...new Set([...codes, 1006])].sort((a, b) => a - b),
  );
  for (const [code, then] of table) {
    // 1000 from a relay is no reason to stay away; from close() it is.
    if (code !== REASONS.closed.code) assert.is(then === 'closed', isFinal(code), `${code}`);
  }
});

test('every code of an error is described', () => {
  const described = new Set(
    rows.flatMap(([first = '']) => [...first.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code)),
  );
  for (const code of [
    ...Object.keys(WIRE_ERRORS),
    'closed',
    'left',
    'timeout',
    'token',
    'handler',
    'unreadable',
  ]) {
    assert.ok(described.has(code), code);
  }
});

test.run();
