// A page with the libraries and the calls of the reference's demonstration page, against the whole system: functions,
// relay and Redis as deployed, and the Dialogflow simulator behind them.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../../../scripts/local/chromium.ts';
import { createConversations } from '../../../scripts/local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../../../scripts/local/dialogflow/server.ts';
import { createDirectPublisher } from '../../../scripts/local/direct-publisher.ts';
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { buildFunctions, deployFunctions } from '../../functions/deployed-functions.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';

const PROJECT = 'demo-project';
const LOCATION = `projects/${PROJECT}/locations/global`;
const PROFILE = `${LOCATION}/conversationProfiles/demo`;
const MODULES = join(import.meta.dirname, '../../../node_modules');
/** The paths of the page's server, which is another origin than the relay. */
const SITE: Readonly<Record<string, [type: string, file: string]>> = {
  '/': ['text/html', join(import.meta.dirname, 'page.html')],
  '/jquery.js': ['text/javascript', join(MODULES, 'jquery/dist/jquery.min.js')],
  '/socket.io.js': ['text/javascript', join(MODULES, 'socket.io-client-3/dist/socket.io.min.js')],
};

const fixture = redisFixture(test);
let relay: RelayProcess;
let site: string;
let browser: Browser;

test.before(async () => {
  const functions = await buildFunctions(fixture);
  const env = { ...fixture.server.env, GCP_PROJECT_ID: PROJECT };
  const deployed = await deployFunctions(fixture, functions, env);
  const functionUrls = Object.fromEntries(EVENT_KINDS.map((kind) => [kind, deployed.url(kind)]));
  const publisher = createDirectPublisher({
    project: PROJECT,
    functionUrls: functionUrls as Record<EventKind, string>,
  });
  fixture.defer(() => publisher.stop());
  const dialogflow = await startDialogflowServer(createConversations({ publisher }));
  fixture.defer(() => dialogflow.stop());
  const program = await buildRelay(fixture);
  relay = await program.start({ ...env, AUTH_OPTION: 'Skip', DIALOGFLOW_ENDPOINT: dialogflow.url });
  const server = createServer((request, response) => {
    const [type, file] = SITE[new URL(request.url ?? '', 'http://localhost').pathname] ?? [];
    if (file === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', `${type}; charset=utf-8`).end(readFileSync(file));
  });
  site = `http://127.0.0.1:${await fixture.listen(server)}`;
  browser = fixture.keep(await launchChromium());
});

interface DeliveredEvent {
  conversation_name: string;
  data: string;
  data_type: string;
  message_id: string;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** The page, and what it has sent and said. */
interface Desk {
  page: Page;
  /** Calls a function of the page. */
  run<T = Answer>(step: string, ...values: string[]): Promise<T>;
  /** The headers of the calls so far, as `METHOD PATH` and the header's value. */
  sent(header: string): Promise<[call: string, value: string | undefined][]>;
  /** The calls before which the browser has asked for permission. */
  preflights: string[];
  /** Errors on the page's console, and exceptions. */
  errors: string[];
}

async function openDesk(): Promise<Desk> {
  const page = await browser.newPage();
  fixture.defer(() => page.close());
  const errors: string[] = [];
  const preflights: string[] = [];
  const requests: { call: string; headers: Promise<Record<string, string>> }[] = [];
  const callOf = (method: string, url: string) => `${method} ${url.replace(relay.url, '')}`;
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(relay.url) || request.method() === 'OPTIONS') return;
    requests.push({ call: callOf(request.method(), request.url()), headers: request.allHeaders() });
  });
  const devTools = await page.context().newCDPSession(page);
  devTools.on('Network.requestWillBeSent', ({ request }) => {
    if (request.method === 'OPTIONS') {
      const wanted = request.headers['Access-Control-Request-Method'];
      preflights.push(callOf(String(wanted), request.url));
    }
  });
  await devTools.send('Network.enable');
  await page.goto(`${site}/?${new URLSearchParams({ relay: relay.url, profile: PROFILE })}`);
  return {
    page,
    run: (step, ...values) => page.evaluate(`desk.${step}(...${JSON.stringify(values)})`),
    sent: (header) =>
      Promise.all(
        requests.map(
          async ({ call, headers }): Promise<[string, string | undefined]> => [call, (await headers)[header]],
        ),
      ),
    preflights,
    errors,
  };
}

const eventsOn = (page: Page) => page.evaluate('desk.events') as Promise<DeliveredEvent[]>;
const nameIn = ({ body }: Answer) => String(body.name);

test('each call of the reference page is answered, and each event comes once', async () => {
  const { page, run, sent, preflights, errors } = await openDesk();

  const registered = await run('register');
  assert.is(registered.status, 200);
  const token = String(registered.body.token);
  assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.is(await run('connect'), true);

  const profile = await run('profile');
  assert.equal([profile.status, profile.body.name], [200, PROFILE]);
  const created = await run('createConversation');
  assert.equal([created.status, created.body.lifecycleState], [200, 'IN_PROGRESS']);
  const conversation = nameIn(created);
  const shortName = conversation.replace('/locations/global', '');
  assert.equal(await run('join', conversation), [true, shortName]);

  const agent = await run('createParticipant', conversation, 'HUMAN_AGENT');
  const customer = await run('createParticipant', conversation, 'END_USER');
  assert.equal([agent.status, agent.body.role], [200, 'HUMAN_AGENT']);
  assert.equal([customer.status, customer.body.role], [200, 'END_USER']);

  const asked = await run('analyzeContent', nameIn(customer), 'Where is my parcel? 📦');
  assert.equal([asked.status, Object.keys(asked.body)], [200, ['message', 'humanAgentSuggestionResults']]);
  const answered = await run('analyzeContent', nameIn(agent), 'One moment, please.');
  assert.equal([answered.status, Object.keys(answered.body)], [200, ['message']]);
  const found = await run('searchKnowledge', conversation, 'delivery');
  assert.equal([found.status, found.body.rewrittenQuery], [200, 'delivery']);
  const summary = await run('summary', conversation);
  assert.is(summary.status, 200);
  assert.match(JSON.stringify(summary.body.summary), /The customer asks when a parcel arrives/);
  const completed = await run('complete', conversation);
  assert.equal([completed.status, completed.body.lifecycleState], [200, 'COMPLETED']);

  await until(async () => (await eventsOn(page)).length >= 5, 30_000, 'all events have come');
  assert.equal(await run('leave', conversation), [true, shortName]);
  // Publishes another event, which a desktop that has left does not get.
  assert.is((await run('complete', conversation)).status, 200);
  await page.waitForTimeout(500); // for what should not come: the relay has answered the leave
  const events = await eventsOn(page);
  assert.equal(events.map(shownOf).sort(), [
    'conversation-lifecycle-event CONVERSATION_FINISHED',
    'conversation-lifecycle-event CONVERSATION_STARTED',
    'human-agent-assistant-event suggestSmartRepliesResponse',
    'new-message-event END_USER: Where is my parcel? 📦',
    'new-message-event HUMAN_AGENT: One moment, please.',
  ]);
  assert.is(new Set(events.map(({ message_id }) => message_id)).size, 5);
  assert.ok(events.every(({ conversation_name }) => conversation_name === shortName));

  const authorizations = await sent('authorization');
  assert.equal(authorizations[0], ['POST /register', '123']);
  assert.is(authorizations.length, 11);
  for (const [call, value] of authorizations.slice(1)) assert.is(value, token, `${call}: the bare token`);
  const types = await sent('content-type');
  const withoutType = types.filter(([, value]) => value === undefined).map(([call]) => call);
  const completion = `POST /v2beta1/${conversation}:complete`;
  assert.equal(withoutType, ['POST /register', completion, completion]);
  assert.ok(types.every(([, value]) => value === undefined || value === 'application/json'));
  assert.equal(
    authorizations.map(([call]) => call).filter((call) => !preflights.includes(call)),
    [],
    'the browser has asked before each call',
  );
  assert.equal(errors, []);
});

function shownOf({ data_type, data }: DeliveredEvent): string {
  const { type, newMessagePayload, suggestionResults } = JSON.parse(data) as {
    type?: string;
    newMessagePayload?: { participantRole: string; content: string };
    suggestionResults?: object[];
  };
  if (newMessagePayload) {
    return `${data_type} ${newMessagePayload.participantRole}: ${newMessagePayload.content}`;
  }
  return `${data_type} ${suggestionResults ? suggestionResults.flatMap(Object.keys).join() : type}`;
}

test("with jQuery's own content type the page registers, and a call tells it 415", async () => {
  const { run, sent } = await openDesk();
  const registered = await run('registerAsForm');
  assert.equal([registered.status, Object.keys(registered.body)], [200, ['token']]);
  await run('register');
  const { body } = await run('createConversation');
  const agent = await run('createParticipant', String(body.name), 'HUMAN_AGENT');
  const refused = await run('analyzeContentAsForm', nameIn(agent), 'hello');
  assert.is(refused.status, 415);
  assert.match(JSON.stringify(refused.body), /JSON/);
  const forms = (await sent('content-type')).filter(([, type]) => type?.includes('form'));
  assert.equal(
    forms.map(([, type]) => type),
    Array(2).fill('application/x-www-form-urlencoded; charset=UTF-8'),
  );
});

test.run();
