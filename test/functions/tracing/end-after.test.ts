import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endAfter } from '../../../functions/tracing/end-after.ts';

test('listeners of a signal wait for the last step, whenever they were added', async () => {
  const process = new EventEmitter() as EventEmitter & NodeJS.Process;
  const heard: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  process.on('SIGTERM', (signal) => heard.push(`early ${signal}`));
  endAfter(process, () => {
    heard.push('last step');
    return promise;
  });
  process.on('SIGTERM', (signal) => heard.push(`late ${signal}`));
  await turn();
  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGTERM', 'SIGTERM');
  await turn();
  assert.equal(heard, ['last step']);
  resolve();
  await turn();
  assert.equal(heard.slice(0, 3), ['last step', 'early SIGTERM', 'late SIGTERM']);
});

test('a last step that fails does not keep the process from ending', async () => {
  const process = new EventEmitter() as EventEmitter & NodeJS.Process;
  const heard: string[] = [];
  process.on('SIGINT', () => heard.push('ended'));
  endAfter(process, () => Promise.reject(new Error('no')));
  process.emit('SIGINT', 'SIGINT');
  await turn();
  assert.equal(heard, ['ended']);
});

test.run();
