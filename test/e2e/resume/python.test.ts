// python-socketio: nothing tells the relay where it was, so each connection gets the conversation so far.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { expectConnections, expectSeen } from './expectations.ts';
import { PYTHON } from './kinds.ts';
import { findPython } from './python.ts';
import { resumeFixture } from './resume-fixture.ts';

const fixture = resumeFixture(test, { relays: 2 });
const hasPython = (await findPython()) !== undefined;
if (!hasPython) console.log('skipped: python3-socketio and python3-websocket are not installed');
const testPython = hasPython ? test : test.skip;

const CUTS = process.env.TEST_LONG ? 10 : 3;

testPython('python-socketio gets the conversation so far at each connection, no gap', async () => {
  const conversations = Array.from({ length: 5 }, () => uniqueConversation());
  const desktop = await fixture.open(PYTHON, { conversations });
  let again = 0;
  for (let cut = 1; cut <= CUTS; cut++) {
    await fixture.say(conversations);
    await desktop.caughtUp();
    again += (4 * cut - 2) * conversations.length;
    await desktop.cut();
    await fixture.say(conversations);
    await desktop.connected(cut + 1);
    await desktop.settled();
    await desktop.caughtUp();
  }
  await expectSeen(desktop, again);
  assert.is((await desktop.sightings()).repeated, again);
  await expectConnections(desktop, CUTS);
});

testPython('three desktops with python-socketio and one token do not cut each other', async () => {
  const token = fixture.token();
  const conversations = [uniqueConversation()];
  const open = () => fixture.open(PYTHON, { token, conversations, delayMs: 325 });
  const [first, second, third] = await Promise.all([open(), open(), open()]);
  await fixture.say(conversations);
  for (const desktop of [first, second, third]) await desktop.caughtUp();
  await first.cut();
  await fixture.say(conversations);
  await first.connected(2);
  await expectSeen(first, 4);
  for (const desktop of [second, third]) {
    await expectSeen(desktop);
    await expectConnections(desktop, 0);
  }
});

testPython('python-socketio that leaves and joins gets the conversation so far', async () => {
  const desktop = await fixture.open(PYTHON);
  const [conversation = ''] = desktop.conversations;
  await fixture.say(desktop.conversations);
  await desktop.caughtUp();
  await desktop.run('leave', conversation);
  await desktop.run('join', conversation);
  // The client does not say when a leave or a join has been answered.
  await until(async () => (await desktop.sightings()).repeated === 2);
  await fixture.say(desktop.conversations);
  await expectSeen(desktop, 2);
  assert.is((await desktop.sightings()).repeated, 2);
});

test.run();
