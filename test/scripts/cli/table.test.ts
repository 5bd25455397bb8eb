import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alignColumns, markdownTable } from '../../../scripts/cli/table.ts';

test('columns have the width of their widest cell, figures end in line', () => {
  const rows = [
    ['kind', 'count', 'fault'],
    ['message', '7', ''],
    ['end', '1,200', 'late'],
  ];
  assert.is(alignColumns(rows, [1]), 'kind     count  fault\nmessage      7\nend      1,200  late');
});

test('no row is an empty text', () => {
  assert.is(alignColumns([]), '');
});

test('a Markdown table has its heads above a line of dashes', () => {
  assert.is(markdownTable(['a', 'b'], [['1', '2']]), '| a | b |\n| --- | --- |\n| 1 | 2 |');
});

test.run();
