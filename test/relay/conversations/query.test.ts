import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toPageToken } from '../../../relay/conversations/conversation-list.ts';
import { listQuery } from '../../../relay/conversations/query.ts';
import { HttpError } from '../../../relay/http/errors.ts';

const parse = (given: unknown) => listQuery(given, { pageMax: 200 });
const PLACE = { start: '1796035830000', name: 'projects/demo-project/conversations/c-1' };
const TOKEN = toPageToken(PLACE);

test('without parameters a page has 100 calls from the first one on', () => {
  const defaults = { pageSize: 100, after: undefined, longCallSeconds: 900, silenceSeconds: 60 };
  assert.equal(parse({}), defaults);
  assert.equal(parse({ pageToken: '', other: 'x' }), defaults);
});

test('each parameter is taken', () => {
  const given = { pageSize: '200', pageToken: TOKEN, longCallSeconds: '1', silenceSeconds: '86400' };
  assert.equal(parse(given), { pageSize: 200, after: PLACE, longCallSeconds: 1, silenceSeconds: 86_400 });
});

for (const [name, values] of [
  ['pageSize', ['0', '201', '', '1.5', '-1', 'all', ['1', '2']]],
  ['longCallSeconds', ['0', '86401', 'long']],
  ['silenceSeconds', ['0', '86401', '1e3']],
  ['pageToken', ['x', toPageToken({ ...PLACE, start: '' }), `${TOKEN}!`.repeat(99), [TOKEN, TOKEN]]],
] as const) {
  for (const [index, value] of values.entries()) {
    test(`a ${name} that it does not take is refused with its name, case ${index + 1}`, () => {
      try {
        parse({ [name]: value });
        assert.unreachable();
      } catch (error) {
        assert.instance(error, HttpError);
        assert.is((error as HttpError).status, 400);
        assert.match((error as HttpError).message, new RegExp(`^${name} must be `));
      }
    });
  }
}

test.run();
