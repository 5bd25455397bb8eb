import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logFrameworkErrors } from '../../functions/framework-errors.ts';
import { createLogger } from '../../shared/log.ts';

function loggedConsole() {
  const printed: unknown[][] = [];
  const lines: string[] = [];
  const console = { error: (...parts: unknown[]) => void printed.push(parts) };
  logFrameworkErrors(console, createLogger('f', 'info', { write: (line) => lines.push(line) }));
  return { console, printed, lines };
}

test('an error that carries a body is logged without it', () => {
  const { console, printed, lines } = loggedConsole();
  const error = Object.assign(new SyntaxError('Unexpected token in {"what was said"'), {
    body: '{"what was said"',
  });
  console.error(error);
  assert.equal(printed, []);
  assert.is(lines.length, 1);
  assert.match(lines[0] ?? '', '"type":"SyntaxError"');
  assert.not.match(lines[0] ?? '', 'what was said');
});

test('an error whose message quotes a body is logged without it', () => {
  const { console, lines } = loggedConsole();
  const body = JSON.parse('"what was said"');
  const asObject = [
    () => 'context' in body,
    () => {
      body.traceparent = 'x';
    },
  ];
  for (const use of asObject) {
    assert.throws(use, (error: Error) => {
      assert.match(error.message, 'what was said');
      console.error(error);
      return true;
    });
  }
  assert.is(lines.length, 2);
  for (const line of lines) {
    assert.match(line, '"type":"TypeError"');
    assert.not.match(line, 'what was said');
  }
});

test('what is no error is printed as it was', () => {
  const { console, printed, lines } = loggedConsole();
  console.error('Could not load the function', 1);
  assert.equal(printed, [['Could not load the function', 1]]);
  assert.equal(lines, []);
});

test.run();
