// `GET /conversations` of a whole relay, with calls as the functions write them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConversationsAnswer } from '../../../relay/conversations/routes.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { uniqueConversation, withLocation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { AuthorizerServer, json } from '../access/authorizer-server.ts';
import { adminToken, asAdmin } from '../admin/admin-requests.ts';
import { CallsFixture, SECRET } from './calls-fixture.ts';
import '../../helpers/patient-redis.ts';

const LISTS_PER_MINUTE = 10;
const LIMITS = {
  conversations: { callFreshMs: 0, desktopsFlushMs: 1 },
  admin: { eraseAfterMs: 0 },
};

const fixture = new CallsFixture(test, { adminToken, limits: LIMITS });

const get = (query = '', authorization = fixture.tokenOf('supervisor'), relay: TestRelay = fixture.relay) =>
  fetch(`${relay.url}/conversations${query}`, { headers: { authorization } });

async function list(...given: Parameters<typeof get>): Promise<ConversationsAnswer> {
  const response = await get(...given);
  const text = await response.text();
  assert.is(response.status, 200, text);
  assert.not.match(text, SECRET);
  return JSON.parse(text);
}

const namesIn = ({ conversations }: ConversationsAnswer) => conversations.map(({ name }) => name);

/** The status and the message of a refusal. */
async function refusalOf(response: Response): Promise<unknown[]> {
  const { message } = (await response.json()) as { message: string };
  return [response.status, message];
}

test('without a call the list is empty', async () => {
  assert.equal(await list(), { conversations: [] });
});

test('a supervisor sees the calls with what happens in them, the newest first', async () => {
  const [calm, bad, over] = [uniqueConversation(), uniqueConversation(), uniqueConversation()];
  await fixture.begin(calm, 10);
  await fixture.say(calm, 'HUMAN_AGENT');
  await fixture.begin(bad, 1_000);
  for (const score of [0.5, 0.5, -0.6, -0.6, -0.6]) await fixture.say(bad, 'END_USER', score, 90);
  await fixture.lifecycle(bad, 'HUMAN_INTERVENTION_NEEDED', {
    publishTime: new Date(Date.now() - 80_000).toISOString(),
  });
  await fixture.begin(over, 20);
  await fixture.lifecycle(over, 'CONVERSATION_FINISHED');
  const desktop = await fixture.desktop();
  await desktop.join(bad);
  await until(async () => (await list()).conversations.some(({ desktops }) => desktops > 0));

  const { conversations, nextPageToken } = await list();
  assert.is(nextPageToken, undefined);
  assert.equal(
    conversations.map(({ startTime, lastEventTime, ...rest }) => rest),
    [
      { name: withLocation(calm), stage: 'HUMAN_ASSIST', desktops: 0, flags: [] },
      { name: withLocation(over), stage: 'ENDED', desktops: 0, flags: [] },
      {
        name: withLocation(bad),
        stage: 'HUMAN_ASSIST',
        desktops: 1,
        sentiment: { score: -0.6, magnitude: 0.6 },
        flags: ['LONG_CALL', 'SILENCE', 'FALLING_SENTIMENT', 'HUMAN_INTERVENTION_NEEDED'],
      },
    ],
  );
  const [, , { startTime = '', lastEventTime = '' } = {}] = conversations;
  assert.ok(Math.abs(Date.now() - Date.parse(startTime) - 1_000_000) < 30_000, startTime);
  assert.ok(Math.abs(Date.now() - Date.parse(lastEventTime) - 80_000) < 30_000, lastEventTime);
});

test('the thresholds of the request decide about flags', async () => {
  const conversation = uniqueConversation();
  await fixture.begin(conversation, 300);
  const flags = async (query: string) => (await list(query)).conversations[0]?.flags;
  assert.equal(await flags('?longCallSeconds=3600&silenceSeconds=3600'), []);
  assert.equal(await flags('?longCallSeconds=200&silenceSeconds=3600'), ['LONG_CALL']);
  assert.equal(await flags('?longCallSeconds=3600&silenceSeconds=200'), ['SILENCE']);
});

test('pages lead to each call once', async () => {
  const calls = Array.from({ length: 5 }, () => uniqueConversation());
  for (const [index, call] of calls.entries()) await fixture.begin(call, 10 + index);
  const names: string[][] = [];
  let token: string | undefined;
  do {
    const page = await list(`?pageSize=2${token === undefined ? '' : `&pageToken=${token}`}`);
    names.push(namesIn(page));
    token = page.nextPageToken;
  } while (token !== undefined);
  const [a = '', b = '', c = '', d = '', e = ''] = calls.map((call) => withLocation(call));
  assert.equal(names, [[a, b], [c, d], [e]]);
});

test('a call without a log, and one whose log has ended long ago, are left out', async () => {
  const [gone, ended, going] = [uniqueConversation(), uniqueConversation(), uniqueConversation()];
  for (const conversation of [gone, ended, going]) await fixture.begin(conversation, 1_000);
  await fixture.redis.del(conversationKeys(gone).log);
  // Its end did not reach the index.
  await fixture.redis.hset(conversationKeys(ended).meta, 'finished', '1');
  assert.equal(namesIn(await list()), [withLocation(going)]);
});

test('a call of a location that is not allowed is left out', async () => {
  const conversation = uniqueConversation();
  await fixture.begin(conversation);
  const settings = { ALLOWED_LOCATIONS: 'europe-west2' };
  const relay = await fixture.startRelay({ settings, limits: LIMITS });
  assert.equal(namesIn(await list('', undefined, relay)), []);
});

test('an agent is refused, and so is a token with a list of conversations', async () => {
  const refused = [403, 'only a supervisor may list conversations'];
  assert.equal(await refusalOf(await get('', fixture.tokenOf('agent'))), refused);
  assert.equal(await refusalOf(await get('', fixture.tokenOf(undefined))), refused);
  const listed = fixture.token('test:listed', { role: 'supervisor', conversations: ['x'] });
  assert.equal(await refusalOf(await get('', listed)), [403, 'access to the conversation is denied']);
  assert.match(fixture.relay.log(), /"audit":"refuse","outcome":"only a supervisor.*"refused":"list"/);
});

test('a request without a token is refused', async () => {
  assert.equal(await refusalOf(await get('', '')), [401, 'Token is missing.']);
});

test('only GET is allowed', async () => {
  const authorization = fixture.tokenOf('supervisor');
  const answer = await fetch(`${fixture.relay.url}/conversations`, {
    method: 'POST',
    headers: { authorization },
  });
  assert.is(answer.status, 405);
  assert.is(answer.headers.get('allow'), 'GET, HEAD, OPTIONS');
});

test('a parameter that is wrong is named', async () => {
  const message = 'pageSize must be a whole number from 1 to 200.';
  assert.equal(await refusalOf(await get('?pageSize=201')), [400, message]);
  assert.is((await get('?pageToken=x')).status, 400);
});

test('an agent that lists too often is told to wait', async () => {
  const relay = await fixture.startRelay({ limits: { rateLimits: { listsPerMinute: LISTS_PER_MINUTE } } });
  const token = fixture.tokenOf('supervisor', 'test:eager');
  const statuses = new Set<number>();
  for (let count = 0; count <= 2 * LISTS_PER_MINUTE; count++)
    statuses.add((await get('', token, relay)).status);
  assert.equal([...statuses], [200, 429]);
});

test('the authorizer is asked about the action list, and its role counts', async () => {
  const authorizer = fixture.keep(await new AuthorizerServer().start());
  const settings = { AUTHORIZER_URL: authorizer.url };
  const relay = await fixture.startRelay({ settings, limits: LIMITS });
  authorizer.reply = json({ decision: 'allow', role: 'supervisor' });
  assert.is((await get('', fixture.tokenOf('agent', 'test:promoted'), relay)).status, 200);
  const { agent, conversation, action } = authorizer.last;
  assert.equal([agent.sub, conversation, action], ['test:promoted', null, 'list']);
  authorizer.reply = json({ decision: 'allow', role: 'agent' });
  assert.is((await get('', fixture.tokenOf('supervisor', 'test:demoted'), relay)).status, 403);
  authorizer.reply = json({ decision: 'deny' });
  assert.is((await get('', fixture.tokenOf('supervisor', 'test:denied'), relay)).status, 403);
});

test('an erased call is not listed any more', async () => {
  const [erased, kept] = [uniqueConversation(), uniqueConversation()];
  for (const conversation of [erased, kept]) await fixture.begin(conversation);
  assert.is((await asAdmin(fixture.relay, 'erase', { conversation: erased })).status, 200);
  assert.equal(namesIn(await list()), [withLocation(kept)]);
});

test('while Redis does not answer the list is 503', async () => {
  const lost = await fixture.startRedis();
  const relay = await fixture.startRelay({ limits: LIMITS }, lost);
  lost.process.kill('SIGKILL');
  const [status, message] = await refusalOf(await get('', undefined, relay));
  assert.is(status, 503);
  assert.match(String(message), 'cannot be read right now');
});

test.run();
