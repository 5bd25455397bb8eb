import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { draftOf, parametersOf } from '../../../relay/desktop/suggestions/tool-parameters.ts';

test('plain values are a form, and come back with their types', () => {
  const parameters = { order_id: 'A-1001', amount: 12.5, notify: true, code: '007' };
  const draft = draftOf(parameters);
  assert.equal(draft, {
    mode: 'form',
    fields: [
      { name: 'order_id', type: 'text', value: 'A-1001' },
      { name: 'amount', type: 'number', value: '12.5' },
      { name: 'notify', type: 'flag', value: 'true' },
      { name: 'code', type: 'text', value: '007' },
    ],
  });
  assert.equal(parametersOf(draft), { parameters });
});

test('nested values, none and very many are JSON', () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`p${index}`, index]));
  for (const parameters of [{ items: [{ price: 1 }] }, { nothing: null }, {}, many]) {
    const draft = draftOf(parameters);
    assert.is(draft.mode, 'json');
    assert.equal(parametersOf(draft), { parameters });
  }
});

test('a number field with other text is named', () => {
  for (const value of ['', ' ', 'twelve', '1,5', 'Infinity']) {
    const fields = [{ name: 'amount', type: 'number', value } as const];
    assert.equal(parametersOf({ mode: 'form', fields }), { fault: { code: 'not-a-number', name: 'amount' } });
  }
});

test('JSON that cannot be parsed is reported with its line and column', () => {
  assert.equal(parametersOf({ mode: 'json', text: '{\n  "a": 1,\n  b\n}' }), {
    fault: { code: 'not-json', line: 3, column: 3 },
  });
});

test('JSON that is no object is reported', () => {
  for (const text of ['[1]', '7', '"text"', 'null'])
    assert.equal(parametersOf({ mode: 'json', text }), { fault: { code: 'not-an-object' } });
});

test('a parameter named __proto__ stays a parameter', () => {
  const draft = draftOf(JSON.parse('{"__proto__":"x"}'));
  const result = parametersOf(draft);
  assert.ok('parameters' in result && Object.hasOwn(result.parameters, '__proto__'));
});

test.run();
