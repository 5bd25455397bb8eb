import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RepeatedLines } from '../../shared/repeated-lines.ts';

test('the same line passes once a minute with its number, and another at once', () => {
  const lines = new RepeatedLines();
  assert.is(lines.heldBack('down', 0), 0);
  assert.is(lines.heldBack('down', 1_000), undefined);
  assert.is(lines.heldBack('down', 59_999), undefined);
  assert.is(lines.heldBack('wrong password', 2_000), 0);
  assert.is(lines.heldBack('down', 60_000), 2);
  assert.is(lines.heldBack('down', 60_001), undefined);
});

test('after the end of an outage the next one is told at once', () => {
  const lines = new RepeatedLines();
  lines.heldBack('down', 0);
  lines.forget();
  assert.is(lines.heldBack('down', 1), 0);
});

test.run();
