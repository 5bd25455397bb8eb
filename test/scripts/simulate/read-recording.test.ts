// Files that `--replay` is given and that are no recordings, and what is said of each.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerLine } from '../../../scripts/calls/recording.ts';
import { UsageError } from '../../../scripts/cli/usage-error.ts';
import { readRecording } from '../../../scripts/simulate/read-recording.ts';

const EVENT =
  '{"atMs":0,"kind":"conversation-lifecycle-event","data":{"conversation":"{{conversation}}","type":"CONVERSATION_STARTED"}}\n';
const TEXT = `${headerLine('placeholders')}${EVENT}`;
const RECORD = 'name a file that npm run simulate -- --record has written';

const folder = mkdtempSync(join(tmpdir(), 'recordings-'));
test.after(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function faultOf(file: string): Error {
  try {
    readRecording(file, { maxBytes: 1_000_000 });
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it was read');
}

test('a missing folder or file is a wrong command line with a remedy', () => {
  for (const [file, fault] of [
    [folder, 'it is a folder'],
    [join(folder, 'none.jsonl'), 'there is no such file'],
  ] as const) {
    assert.instance(faultOf(file), UsageError);
    assert.is(faultOf(file).message, `--replay ${file}: ${fault}: ${RECORD}`);
  }
});

test('an empty file is called empty', () => {
  const file = written('empty.jsonl', '');
  assert.is(faultOf(file).message, `--replay ${file}: it is empty: ${RECORD}`);
});

test('a recording with a byte order mark and line ends of Windows is read', () => {
  const file = written('windows.jsonl', `\uFEFF${TEXT.replaceAll('\n', '\r\n')}`);
  assert.is(readRecording(file, { maxBytes: 1_000_000 }).length, 1);
});

test('a recording in UTF-16 is told to be saved as UTF-8', () => {
  const file = written('utf-16.jsonl', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'));
  assert.is(faultOf(file).message, `--replay ${file}: it is UTF-16 text: save it as UTF-8`);
});

test('an event that the functions would drop is refused with file, line and remedy', () => {
  const file = written('large.jsonl', TEXT.replace('CONVERSATION_STARTED', 'X'.repeat(1_100_000)));
  assert.match(faultOf(file).message, `--replay ${file}: line 2: the event has 1100`);
  assert.match(faultOf(file).message, 'take the line out');
});

test.run();
