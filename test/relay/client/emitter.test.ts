import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Emitter } from '../../../relay/client/emitter.ts';
import type { ErrorNotice } from '../../../relay/client/types.ts';
import { turn } from './client-fixture.ts';

const RESET = { conversation: 'c', cursor: '0' };

test('a handler is called until it is removed, even if it is registered twice', () => {
  const emitter = new Emitter();
  let calls = 0;
  const handler = () => {
    calls++;
  };
  const endFirst = emitter.on('reset', handler);
  emitter.on('reset', handler);
  emitter.emit('reset', RESET);
  assert.is(calls, 2);
  endFirst();
  endFirst();
  emitter.emit('reset', RESET);
  assert.is(calls, 3);
});

test('a handler may end itself or add another while it is called', () => {
  const emitter = new Emitter();
  const calls: string[] = [];
  const end = emitter.on('reset', () => {
    calls.push('first');
    end();
    emitter.on('reset', () => calls.push('late'));
  });
  emitter.on('reset', () => calls.push('second'));
  emitter.emit('reset', RESET);
  assert.equal(calls, ['first', 'second']);
  emitter.emit('reset', RESET);
  assert.equal(calls, ['first', 'second', 'second', 'late']);
});

test('a handler that throws or rejects is reported and the others are called', async () => {
  const emitter = new Emitter();
  const notices: ErrorNotice[] = [];
  const calls: string[] = [];
  const thrown = new Error('in a handler');
  emitter.on('error', (notice) => notices.push(notice));
  emitter.on('reset', () => {
    throw thrown;
  });
  emitter.on('reset', () => Promise.reject(thrown));
  emitter.on('reset', () => calls.push('third'));
  emitter.emit('reset', RESET);
  await turn();
  assert.equal(calls, ['third']);
  assert.equal(
    notices.map(({ code, message }) => [code, message]),
    [
      ['handler', 'a handler of "reset" threw'],
      ['handler', 'a handler of "reset" threw'],
    ],
  );
  assert.ok(notices.every(({ cause }) => cause === thrown));
});

test('a handler of errors that throws does no harm', async () => {
  const emitter = new Emitter();
  let calls = 0;
  emitter.on('error', () => {
    throw new Error('again');
  });
  emitter.on('error', () => Promise.reject(new Error('again')));
  emitter.on('error', () => {
    calls++;
  });
  emitter.emit('error', { code: 'timeout', message: '' });
  await turn();
  assert.is(calls, 1);
});

test.run();
