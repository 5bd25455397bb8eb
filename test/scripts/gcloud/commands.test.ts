import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failed } from '../../../scripts/gcloud/commands.ts';

const told = (stderr: string) =>
  failed(['gcloud', 'x'], 'permanent', { code: 1, stdout: '', stderr }).message;
const many = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');

test("gcloud's ERROR: line is told, however many lines follow it", () => {
  assert.match(told(`Deploying...\nERROR: (gcloud.run.deploy) the reason\n${many}`), 'the reason\nline 0');
  assert.is(told(`ERROR: first\nERROR: second`), 'gcloud x\nERROR: second');
});

test('without such a line the last lines are told, and without any the exit code', () => {
  assert.match(told(many), /^gcloud x\nline 14\n[\s\S]*line 19$/);
  assert.is(told(''), 'gcloud x\nexit code 1');
});

test.run();
