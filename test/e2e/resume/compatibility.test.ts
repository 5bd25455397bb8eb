// Each client connects, joins, is cut, asks over a stream and is refused; what it gets is as docs/desktops.md says.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createConversations } from '../../../scripts/local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../../../scripts/local/dialogflow/server.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { KINDS } from './compatibility.ts';
import { expectConnections } from './expectations.ts';
import type { Receipts } from './kinds.ts';
import { findPython } from './python.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';

const LOCATION = `projects/${TEST_PROJECT}/locations/global`;
const conversations = createConversations({ publisher: { publish: async () => '1' } });

const fixture = resumeFixture(test, async (own) => {
  const dialogflow = await startDialogflowServer(conversations, { partMs: 30 });
  own.defer(() => dialogflow.stop());
  return { settings: { DIALOGFLOW_WEBCHANNEL_ENDPOINT: dialogflow.url } };
});

const hasPython = (await findPython()) !== undefined;
if (!hasPython) console.log('skipped in part: python3-socketio and python3-websocket are not installed');
const kinds = KINDS.filter(({ runsIn }) => runsIn !== 'python' || hasPython);

/** How many events came again after the first cut, and after the second: two came before each, and two after it. */
const REPEATED: Readonly<Record<Receipts, readonly [number, number]>> = {
  exact: [0, 0],
  pings: [0, 0],
  'pings once old': [4, 0],
  none: [4, 8],
};

test('each client gets the conversation so far, and after a cut what it may', () =>
  withEach(kinds, async (kind) => {
    const conversation = uniqueConversation();
    await fixture.say([conversation]);
    const desktop = await fixture.open(kind, { conversations: [conversation] });
    await desktop.caughtUp();
    let before = 0;
    for (const [index, expected] of REPEATED[kind.receipts].entries()) {
      await fixture.say([conversation]);
      await desktop.caughtUp();
      await fixture.kept(desktop);
      await desktop.cut();
      await fixture.say([conversation]);
      await desktop.connected(index + 2);
      await desktop.settled();
      await desktop.caughtUp();
      await sleep(300);
      const { lost, skipped, repeated } = await desktop.sightings();
      assert.equal([lost, skipped, repeated - before], [0, 0, expected], `cut ${index + 1}`);
      before = repeated;
    }
    await expectConnections(desktop, 2);
  }));

test('each client gets an answer over a stream', () =>
  withEach(kinds, async (kind) => {
    const conversation = uniqueConversation();
    const id = conversation.split('/').at(-1) ?? '';
    const { name } = await conversations.create(LOCATION, `${LOCATION}/conversationProfiles/demo`, id);
    const participant = conversations.addParticipant(name, 'HUMAN_AGENT');
    const desktop = await fixture.open(kind, { conversations: [conversation] });
    await desktop.run('ask', participant.name);
    await desktop.until(({ answers }) => answers === 1, 'it has an answer');
  }));

test('each client is told that its token is refused', () =>
  withEach(kinds, async (kind) => {
    const desktop = await fixture.openUnsettled(kind, { token: 'wrong' });
    await desktop.until(({ refusedConnects }) => refusedConnects > 0, 'it is refused');
    await desktop.end();
  }));

test.run();
