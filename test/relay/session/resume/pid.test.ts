import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { issuePid, newPage, readPid } from '../../../../relay/session/resume/pid.ts';

test('every pid of a page names it, and no two are the same', () => {
  const page = newPage({ isTakenOver: false });
  const pids = Array.from({ length: 5 }, () => issuePid(page, 'ann', 0));
  assert.is(new Set(pids).size, 5);
  for (const pid of pids) assert.equal(readPid(pid, 'ann'), { kind: 'page', page, count: 0 });
});

test('a pid tells how many answers its page has had', () => {
  const page = newPage({ isTakenOver: false });
  assert.equal(readPid(issuePid(page, 'ann', 3), 'ann'), { kind: 'page', page, count: 3 });
});

test('two pages have different ids of 128 bits', () => {
  const [one, other] = [newPage({ isTakenOver: false }), newPage({ isTakenOver: false })];
  assert.is.not(one, other);
  assert.is(Buffer.from(one, 'base64url').length, 16);
});

test('a pid of another subject is foreign', () => {
  const pid = issuePid(newPage({ isTakenOver: false }), 'ann', 0);
  for (const subject of ['bob', '', 'ann ', 'Ann']) assert.equal(readPid(pid, subject), { kind: 'foreign' });
});

test('a pid that is put together from two pages is foreign', () => {
  const [page, , count, random] = issuePid(newPage({ isTakenOver: false }), 'ann', 0).split('.');
  const [, owner] = issuePid(newPage({ isTakenOver: false }), 'ann', 0).split('.');
  assert.equal(readPid(`${page}.${owner}.${count}.${random}`, 'ann'), { kind: 'foreign' });
});

test('anything else is no pid', () => {
  const pid = issuePid(newPage({ isTakenOver: false }), 'ann', 0);
  const others = [
    undefined,
    null,
    1,
    true,
    {},
    [pid],
    '',
    'x',
    pid.slice(1),
    `${pid}x`,
    `${pid}.`,
    ` ${pid}`,
    `${pid}\n`,
  ];
  for (const other of others) assert.equal(readPid(other, 'ann'), { kind: 'none' }, String(other));
});

test.run();
