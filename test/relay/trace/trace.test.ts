// POST /admin/trace of two relays on a real Redis, and of a relay on a cluster, with the verdict on what it answers.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import { judge } from '../../../scripts/operate/trace/verdict.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { createRedisClient } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { makeEvent } from '../../helpers/events.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY } from '../../helpers/redis-fixture.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin } from '../admin/admin-requests.ts';
import '../../helpers/patient-redis.ts';
import { tolerateStalls } from '../../helpers/patient-cluster.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';

/** Nothing here depends on how long an answer takes. */
const LIMITS = { trace: { answerWithinMs: 30_000 } };
const WAIT_MS = 30_000;
const SAID = 'my card number is';

const fixture = relayFixture(test, { relays: 2, adminToken, limits: LIMITS });

async function trace(
  relay: Pick<TestRelay, 'url'>,
  conversation: string,
  agent?: string,
): Promise<TraceReport> {
  const answer = await asAdmin(relay, 'trace', { conversation, ...(agent === undefined ? {} : { agent }) });
  assert.is(answer.status, 200);
  return (await answer.json()) as TraceReport;
}

/** Asks until every relay hears the others. */
async function traceOfAll(conversation: string, relays = fixture.relays): Promise<TraceReport> {
  let report: TraceReport | undefined;
  await until(async () => {
    report = await trace(relays[0] as TestRelay, conversation);
    return report.reports.length === relays.length;
  }, WAIT_MS);
  return report as TraceReport;
}

const faultsOf = (report: TraceReport) =>
  judge(report)
    .filter(({ state }) => state === 'fault')
    .map(({ detail }) => detail);

test('two relays say who is joined, who was refused and what the log lacks', async () => {
  const conversation = uniqueConversation();
  const { relay, otherRelay } = fixture;
  const ann = await fixture.nativeDesktop({ relay: otherRelay, token: fixture.token('okta:ann') });
  await ann.join(conversation);
  const cem = await fixture.page(conversation, { relay, token: fixture.token('okta:cem') });
  const bob = await fixture.desktop({
    relay: otherRelay,
    token: fixture.token('okta:bob', { conversations: [`projects/${TEST_PROJECT}/conversations/another`] }),
  });
  const denied = 'access to the conversation is denied';
  for (let attempt = 0; attempt < 2; attempt++) assert.equal(await bob.join(conversation), [false, denied]);
  for (let count = 0; count < 4; count++)
    await fixture.publish(conversation, { data: { newMessagePayload: { content: SAID } } });
  await fixture.publishInterim(conversation, { message: 'u1' }, { transcript: SAID });
  await until(() => ann.events.length === 5 && cem.events.length === 5);
  await fixture.redis.xdel(conversationKeys(conversation).log, '2-0');

  const report = await traceOfAll(conversation);
  assert.equal({ missing: report.missing, isHeard: report.isHeard }, { missing: 0, isHeard: true });
  const { log } = report;
  assert.equal(
    log.events.map(({ offset, followsPrevious }) => [offset, followsPrevious]),
    [
      [1, true],
      [3, false],
      [4, true],
    ],
  );
  assert.equal([log.top, log.first, log.retained, log.interims, log.openUtterances.length], [4, 1, 3, 1, 1]);
  const [own, other] = report.reports;
  assert.equal(
    [own, other].map((each) =>
      each?.desktops.map(({ sub, protocol, state, offset }) => [sub, protocol, state, offset]),
    ),
    [[['okta:cem', 'socketio', 'joined', 4]], [['okta:ann', 'native', 'joined', 4]]],
  );
  assert.equal(
    other?.delivered.map(({ offset }) => offset),
    [1, 2, 3, 4],
  );
  assert.equal(
    other?.refusals.map(({ refused, sub, outcome, count }) => [refused, sub, outcome, count]),
    [['join', 'okta:bob', denied, 2]],
  );
  const faults = faultsOf(report);
  assert.is(faults[0], 'event 2 is missing in the log');
  assert.match(faults[1] ?? '', /^join was refused to agent okta:bob \(2 times, .* denied$/);
  assert.is(faults.length, 2);
});

test('the answer has no content, no token and no address', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation);
  await fixture.publish(conversation, { data: { newMessagePayload: { content: SAID } } });
  const answer = JSON.stringify(await trace(fixture.relay, conversation));
  for (const secret of [SAID, 'newMessagePayload', fixture.relay.token, '127.0.0.1'])
    assert.not.match(answer, secret);
});

test('a conversation that nobody knows has no event, no desktop and two faults', async () => {
  const faults = faultsOf(await traceOfAll('never-heard-of'));
  assert.equal(faults, [
    'no event has ever arrived, or all have expired',
    'nobody is joined: no desktop has asked for the conversation in the last hour',
  ]);
});

test('a desktop that has left is named with the reason', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation);
  const desktop = await fixture.nativeDesktop({ token: fixture.token('okta:dan') });
  await desktop.join(conversation);
  await desktop.leave(conversation);
  const [fault = ''] = faultsOf(await traceOfAll(conversation));
  assert.match(fault, /^nobody is joined: agent okta:dan left \d+ s ago \(left\)$/);
});

test('an agent whose joins name no conversation is found by its sub', async () => {
  const desktop = await fixture.desktop({ token: fixture.token('okta:eve') });
  await desktop.join('4711');
  const report = await trace(fixture.relay, uniqueConversation(), 'okta:eve');
  const found = report.reports.flatMap(({ refusals }) => refusals).filter(({ sub }) => sub === 'okta:eve');
  assert.match(found[0]?.outcome ?? '', /^expected projects/);
});

test('a relay that does not answer is counted, and a body without a name refused', () =>
  undisturbed(async () => {
    const strange = fixture.client();
    await strange.subscribe('aar1:trace');
    const hasty = await fixture.startRelay({ adminToken, limits: { trace: { answerWithinMs: 300 } } });
    const report = await trace(hasty, uniqueConversation());
    assert.ok(report.missing >= 1);
    assert.match(faultsOf(report).join('\n'), /relays? did not answer in time/);
    for (const body of [
      {},
      null,
      { conversation: 1 },
      { conversation: 'a/b' },
      { conversation: 'c', more: 1 },
    ])
      assert.is((await asAdmin(hasty, 'trace', body)).status, 400, JSON.stringify(body));
  }));

test('a request of an origin that is not allowed is among the refusals', async () => {
  const settings = { CORS_ALLOWED_ORIGINS: 'https://desk.example' };
  const relay = await fixture.startRelay({
    adminToken,
    settings,
    limits: { trace: { answerWithinMs: 1_000 } },
  });
  await fetch(`${relay.url}/register`, { method: 'POST', headers: { origin: 'https://other.example' } });
  const [own] = (await trace(relay, uniqueConversation())).reports;
  assert.equal(
    own?.refusals.map(({ refused, outcome }) => [refused, outcome]),
    [['origin', 'CORS_ALLOWED_ORIGINS does not list https://other.example']],
  );
});

test('bad cursors, limits and refused upgrades are refusals with an address', async () => {
  const limits = { ...LIMITS, session: { joinedMax: 1 } };
  const relay = await fixture.startRelay({ adminToken, limits });
  const conversation: ShortName = uniqueConversation();
  const desktop = await fixture.nativeDesktop({ relay, token: fixture.token('okta:fay') });
  await desktop.join(conversation, 'no cursor');
  await desktop.join(uniqueConversation());
  await desktop.join(conversation);
  const stranger = new WebSocket(`${relay.url.replace('http', 'ws')}/ws`, 'chat');
  await new Promise((resolve) => stranger.addEventListener('error', resolve));
  const [own] = (await trace(relay, conversation)).reports;
  assert.equal(
    own?.refusals.map(({ reason, sub, from, conversation: about }) => [reason, sub, from, about]),
    [
      ['too-many-joins', 'okta:fay', '127.0.0.1', conversation],
      ['bad-cursor', 'okta:fay', '127.0.0.1', conversation],
      ['upgrade-subprotocol', '', '127.0.0.1', ''],
    ],
  );
});

test('on a cluster every relay of the service answers', async () => {
  const cluster = await tolerateStalls(await fixture.startCluster());
  const relays = [
    await fixture.startRelay({ adminToken, limits: LIMITS }, cluster),
    await fixture.startRelay({ adminToken, limits: LIMITS }, cluster),
  ];
  const redis = createRedisClient(cluster.redisConfig);
  redis.on('error', () => {});
  await redis.connect();
  fixture.defer(() => redis.disconnect());
  const conversation: ShortName = uniqueConversation();
  const desktop = await fixture.nativeDesktop({ relay: relays[1] });
  await desktop.join(conversation);
  await createEventLog(redis, HISTORY).append(makeEvent(conversation));
  await until(() => desktop.events.length === 1, WAIT_MS);
  const report = await traceOfAll(conversation, relays);
  assert.equal(faultsOf(report), []);
  assert.is(report.reports[1]?.desktops[0]?.offset, 1);
  assert.is(report.reports[1]?.delivered.length, 1);
});

test.run();
