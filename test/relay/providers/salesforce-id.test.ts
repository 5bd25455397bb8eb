import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { salesforceId } from '../../../relay/providers/salesforce-id.ts';

// The first one is the example of Salesforce's own documentation.
const PAIRS: [short: string, long: string][] = [
  ['001D000000IqhSL', '001D000000IqhSLIAZ'],
  ['00D000000000001', '00D000000000001EAA'],
  ['aaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaAAA'],
  ['AAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAA555'],
  ['aaaaBaaaaBaaaaB', 'aaaaBaaaaBaaaaBQQQ'],
];

for (const [short, long] of PAIRS) {
  test(`${short} and ${long} are the same id`, () => {
    assert.is(salesforceId(short), long);
    assert.is(salesforceId(long), long);
  });
}

for (const wrong of [
  '',
  '00D',
  '00D00000000000',
  '001D000000IqhSLI',
  '001D000000IqhSLIAA',
  '001d000000iqhslIAZ',
  '001D000000IqhSLiaz',
  '001D000000IqhSL-AZ',
  '001D000000IqhSLIAZ\n',
  '001D000000IqhSLIAZ0',
  undefined,
  null,
  5,
  ['001D000000IqhSL'],
]) {
  test(`${JSON.stringify(wrong) ?? 'undefined'} is no Salesforce id`, () => {
    assert.is(salesforceId(wrong), undefined);
  });
}

test.run();
