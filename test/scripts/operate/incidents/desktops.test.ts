// What keeps events from a desktop, played for real: the authorizer, the clock of a function, a key that was rotated away, a
// refused origin, Dialogflow's quota, and a desktop that stands still.
import { createServer, type Server } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TraceReport } from '../../../../relay/trace/create-trace.ts';
import { ApiError } from '../../../../scripts/local/dialogflow/api-error.ts';
import { createConversations } from '../../../../scripts/local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../../../../scripts/local/dialogflow/server.ts';
import { judge } from '../../../../scripts/operate/trace/verdict.ts';
import { TestDesktop } from '../../../helpers/desktop.ts';
import { uniqueConversation, withLocation } from '../../../helpers/redis.ts';
import type { RelayProcess } from '../../../helpers/relay-program.ts';
import { until } from '../../../helpers/until.ts';
import { asAdmin } from '../../../relay/admin/admin-requests.ts';
import { startDesktop } from './desktop-process.ts';
import { IncidentFixture, WAIT_MS } from './incident-fixture.ts';
import { assertNamed, runbookRow } from './runbook.ts';

const KIND = 'new-message-event';
const ORIGIN = 'https://desk.example';
/** How far the clock of the second function is ahead, in milliseconds. */
const AHEAD_MS = 60_000;

const fixture = new IncidentFixture(test);
let relay: RelayProcess;
let messages: string;
let authorizer: Server;

test.before(async () => {
  authorizer = createServer((_, response) => response.end(JSON.stringify({ decision: 'allow' })));
  const [port, dialogflow] = await Promise.all([fixture.listen(authorizer), usedUpDialogflow()]);
  const settings = {
    AUTHORIZER_URL: `http://127.0.0.1:${port}/`,
    CORS_ALLOWED_ORIGINS: ORIGIN,
    DIALOGFLOW_ENDPOINT: dialogflow,
  };
  [relay, messages] = await Promise.all([fixture.startRelay(settings), fixture.startFunction(KIND)]);
});

/** The simulator of Dialogflow, whose quota is used up; resolves with its address. */
async function usedUpDialogflow(): Promise<string> {
  const conversations = createConversations({ publisher: { publish: async () => '1' } });
  const server = await startDialogflowServer({
    ...conversations,
    say: () => Promise.reject(new ApiError('RESOURCE_EXHAUSTED', 'Quota exceeded.')),
  });
  fixture.defer(() => server.stop());
  return server.url;
}

test('a desktop that stands still is named with the time since when', async () => {
  const row = runbookRow('a desktop that never answers');
  const conversation = uniqueConversation();
  const desktop = await startDesktop(fixture, relay, conversation, 'socketio');
  /** None while the relay does not reach Redis in time. */
  const report = async () => {
    const answer = await asAdmin(relay, 'trace', { conversation });
    return answer.ok ? ((await answer.json()) as TraceReport) : undefined;
  };
  await fixture.deliver(messages, conversation);
  // Of a desktop that has never confirmed anything, the relay does not know that it can.
  const isConfirmed = async () =>
    (await report())?.reports.some(({ desktops }) => desktops.some(({ received }) => received === 1)) ===
    true;
  await until(isConfirmed, WAIT_MS, 'the desktop has confirmed the first event');
  desktop.child.kill('SIGSTOP');
  await fixture.deliver(messages, conversation);
  const isNoticed = async () => {
    const found = await report();
    return (
      found !== undefined && judge(found).some(({ check, state }) => check === 'desktops' && state === 'note')
    );
  };
  await until(isNoticed, WAIT_MS, 'the trace notices');
  assertNamed(row, await fixture.run(row.command, conversation, relay));
});

test('a quota of Dialogflow that is used up is named with who asks for more', async () => {
  const row = runbookRow('quota used up');
  const conversation = uniqueConversation();
  await fixture.deliver(messages, conversation);
  await fixture.joined(relay, conversation);
  const participant = `${withLocation(conversation)}/participants/agent`;
  const answer = await fetch(`${relay.url}/v2/${participant}:analyzeContent`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fixture.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ textInput: { text: 'hello', languageCode: 'en-US' } }),
  });
  assert.is(answer.status, 429);
  assertNamed(row, await fixture.run(row.command, conversation, relay));
});

test('a function whose clock is ahead is named with how far', async () => {
  const row = runbookRow('clock skew');
  const conversation = uniqueConversation();
  const clock = `const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { super(...(given.length > 0 ? given : [Real.now() + ${AHEAD_MS}])); }
      static now() { return Real.now() + ${AHEAD_MS}; }
    };`;
  const early = await fixture.startFunction(KIND, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}`,
  });
  await fixture.joined(relay, conversation);
  await fixture.deliver(early, conversation);
  const ended = await fixture.run(row.command, conversation, relay);
  assertNamed(row, ended);
  assert.match(ended.output, /^FAULT clocks: the clock of the functions is (5\d|6\d) s ahead of/m);
});

test('an authorizer that does not answer is named with its setting', async () => {
  const row = runbookRow('authorizer down');
  const conversation = uniqueConversation();
  await fixture.deliver(messages, conversation);
  authorizer.close();
  authorizer.closeAllConnections();
  await fixture.joined(relay, conversation);
  assertNamed(row, await fixture.run(row.command, conversation, relay));
});

test('an origin that is not allowed is named with its setting', async () => {
  const row = runbookRow('origin refused');
  const conversation = uniqueConversation();
  await fixture.deliver(messages, conversation);
  const headers = { origin: 'https://other.example' };
  const answer = await fetch(`${relay.url}/register`, { method: 'POST', headers });
  await answer.arrayBuffer();
  assertNamed(row, await fixture.run(row.command, conversation, relay));
});

test('a token of a key that was rotated away is named with what to do', async () => {
  const row = runbookRow('expired keys');
  const conversation = uniqueConversation();
  await fixture.deliver(messages, conversation);
  const keyFile = fixture.file('next-key', 'the next key of incidents, of more than 32 bytes');
  const rotated = await fixture.startRelay({ JWT_SECRET_KEY_PATH: keyFile });
  const desktop = fixture.keep(new TestDesktop(rotated.url, fixture.token()));
  await desktop.connected().then(
    () => assert.unreachable('the relay knows the key'),
    (error: Error) => assert.is(error.message, 'authentication failed'),
  );
  desktop.close();
  assertNamed(row, await fixture.run(row.command, conversation, rotated));
});

test.run();
