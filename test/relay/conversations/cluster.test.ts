// The list of calls on a Redis Cluster, where the index has a node of its own, from the functions to the answer.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandler } from '../../../functions/handler.ts';
import { listConversation } from '../../../functions/list-conversation.ts';
import type { ConversationsAnswer } from '../../../relay/conversations/routes.ts';
import { createConversationIndex } from '../../../shared/conversation-index/conversation-index.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { type EventKind, LIFECYCLE_KIND } from '../../../shared/event.ts';
import { conversationKeys, INDEX_KEYS } from '../../../shared/keys.ts';
import { createRedisClient, isTransientRedisError } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { tolerateStalls } from '../../helpers/patient-cluster.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { TEST_PROJECT, uniqueConversation, withLocation } from '../../helpers/redis.ts';
import type { TestCluster } from '../../helpers/redis-cluster.ts';
import { HISTORY } from '../../helpers/redis-fixture.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { said } from './calls-fixture.ts';
import '../../helpers/patient-connect.ts';

const LIMIT_MS = 30_000;
const fixture = relayFixture(test, { relays: 0 }, { server: false });
let lastId = 0;

/** Takes events as a function does. */
async function startFunction(cluster: TestCluster) {
  const redis = createRedisClient({ ...cluster.redisConfig, redisCluster: true });
  redis.on('error', () => {});
  fixture.defer(() => redis.disconnect());
  // On a busy machine the first attempt may fail; the client makes others.
  redis.connect().catch(() => {});
  await until(() => redis.status === 'ready', LIMIT_MS);
  return (conversation: ShortName, kind: EventKind, data: object) => {
    const handle = createHandler({
      kind,
      project: { id: TEST_PROJECT },
      maxBytes: 100_000,
      eventLog: createEventLog(redis, HISTORY),
      list: listConversation({ index: createConversationIndex(redis), logger: quietLogger }),
      isTransient: isTransientRedisError,
      logger: quietLogger,
    });
    const text = JSON.stringify({ conversation: withLocation(conversation), ...data });
    const message = { data: Buffer.from(text).toString('base64'), messageId: String(++lastId) };
    return handle({ message });
  };
}

test('calls of all nodes are listed, and delivered while the node of the index is away', () =>
  undisturbed(async () => {
    const cluster = await tolerateStalls(await fixture.startCluster());
    // The other nodes go on when the node of the index is away.
    for (const { redis } of cluster.nodes) await redis.config('SET', 'cluster-require-full-coverage', 'no');
    const relay = await fixture.startRelay({ limits: { conversations: { callFreshMs: 0 } } }, cluster);
    const take = await startFunction(cluster);
    const authorization = relay.tokens.issue('test:supervisor', '', { role: 'supervisor' }).token;
    const get = () => fetch(`${relay.url}/conversations`, { headers: { authorization } });
    const list = async () => ((await (await get()).json()) as ConversationsAnswer).conversations;

    const calls = Array.from({ length: 6 }, () => uniqueConversation());
    for (const call of calls) {
      await take(call, LIFECYCLE_KIND, { type: 'CONVERSATION_STARTED' });
      await take(call, 'new-message-event', said('END_USER', -0.5).data);
    }
    const [first = uniqueConversation(), second = uniqueConversation()] = calls;
    await take(first, LIFECYCLE_KIND, { type: 'CONVERSATION_FINISHED' });
    const desktop = await fixture.nativeDesktop({ relay });
    await desktop.join(second, '0');
    await until(async () => (await list()).some(({ desktops }) => desktops === 1), LIMIT_MS);
    const listed = new Map((await list()).map((call) => [call.name, call]));
    assert.equal([...listed.keys()].sort(), calls.map((call) => withLocation(call)).sort());
    assert.is(listed.get(withLocation(first))?.stage, 'ENDED');
    assert.is(listed.get(withLocation(second))?.desktops, 1);
    for (const { sentiment } of listed.values()) assert.is(sentiment?.score, -0.5);

    const ofIndex = await cluster.ownerOf(INDEX_KEYS.started);
    let other = uniqueConversation();
    while ((await cluster.ownerOf(conversationKeys(other).meta)) === ofIndex) other = uniqueConversation();
    await desktop.join(other, '0');
    const before = desktop.events.length;
    ofIndex.server.process.kill('SIGSTOP');
    fixture.defer(() => ofIndex.server.process.kill('SIGCONT'));
    await take(other, LIFECYCLE_KIND, { type: 'CONVERSATION_STARTED' });
    await until(() => desktop.events.length === before + 1, LIMIT_MS);
    assert.is((await get()).status, 503);
  }));

test.run();
