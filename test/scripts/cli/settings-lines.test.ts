// Lines of a settings file that would set nothing, or something else than was meant.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeText, lineFaults } from '../../../scripts/cli/settings-lines.ts';

const faultsOf = (text: string) => lineFaults(text, '.env');

for (const [text, answer] of [
  ['GCP_PROJECT_ID: demo-proj', 'line 1 of .env is not a setting: write GCP_PROJECT_ID=value'],
  ['# a\n\nSERVICE_REGION europe-west1', 'line 3 of .env is not a setting: write SERVICE_REGION=value'],
  ['set SERVICE_REGION=europe-west1', 'line 1 of .env is not a setting: write SERVICE_REGION=value'],
  ['$env:SERVICE_REGION="europe-west1"', 'line 1 of .env is not a setting: write SERVICE_REGION=value'],
  ['AUTH_OPTION', 'line 1 of .env is not a setting: write AUTH_OPTION=value'],
  ['A="b', 'A in line 1 of .env has " at its beginning and not at its end'],
  ['A="b"c', 'A in line 1 of .env continues after the closing "'],
  ['A=“b”', 'A in line 1 of .env has curly quotation marks'],
  ['A=b\u00A0', 'A in line 1 of .env begins or ends with a space that is not shown'],
  ['A=$GCP_PROJECT_ID', 'A in line 1 of .env names another variable'],
  ['A="x@$' + '{NAME}.com"', 'A in line 1 of .env names another variable'],
  ['A=1\nB=2\nA=3', 'A is in line 1 and in line 3 of .env: leave one of them out'],
] as const) {
  test(`${JSON.stringify(text)} is one fault`, () => {
    const faults = faultsOf(text);
    assert.is(faults.length, 1, faults.join('\n'));
    assert.match(faults[0] ?? '', answer);
  });
}

for (const text of [
  '',
  'A=b',
  '  export A = b  # why\r\nB=\r\n',
  'A="b" # why',
  "A='b c'\nB=`c`",
  'A="b\nc: d\ne"\nB=1',
  'A=b=c\nA=b=c',
  'A=^[a-z]+$\nB=1$2',
  "A='$NAME'",
  'redis-host=1\nspring.name=x',
]) {
  test(`${JSON.stringify(text)} has no fault`, () => {
    assert.equal(faultsOf(text), []);
  });
}

test('no fault shows a value', () => {
  const text = 'SECRET hush\nPASSWORD: hush\nhush hush\nA="hush\nB=“hush”\nC=hush\nC=hush2\nD=hush$OTHER';
  const faults = faultsOf(text);
  assert.ok(faults.length >= 6, faults.join('\n'));
  assert.not.match(faults.join('\n'), 'hush');
});

test('files of PowerShell and files with a byte order mark are read', () => {
  const text = 'GCP_PROJECT_ID=demo-proj\n';
  const littleEndian = Buffer.from(`\uFEFF${text}`, 'utf16le');
  const bigEndian = Buffer.from(littleEndian).swap16();
  for (const bytes of [littleEndian, bigEndian, Buffer.from(`\uFEFF${text}`), Buffer.from(text)])
    assert.is(decodeText(bytes), text);
});

test.run();
