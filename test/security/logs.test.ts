// The log scanner: every process of the system at its most talkative, through a call and through all that can go
// wrong, with everything that is secret marked. Then nothing marked is in what they have written.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../shared/event.ts';
import { createRedis, type RedisNode } from '../../shared/redis.ts';
import { until } from '../helpers/until.ts';
import { CONVERSATION, markedTexts, PROJECT, SECRETS } from './marked.ts';
import { goOnWithoutRedis, goWell, goWrong } from './marked-call.ts';
import { MarkedFixture } from './marked-fixture.ts';
import { shows } from './table.ts';

const fixture = new MarkedFixture(test);

/** What Redis has no use for; what was said is kept there, for a while. */
const { transcript: _kept, ...NOT_KEPT } = SECRETS;

/** All that a key holds, as text. */
async function contentOf(redis: RedisNode, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'string':
      return String(await redis.get(key));
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'set':
      return (await redis.smembers(key)).join();
    case 'zset':
      return (await redis.zrange(key, '0', '-1')).join();
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    default:
      throw new Error(`${key} is of an unknown type`);
  }
}

shows('S12', async () => {
  await goWell(fixture);
  await goWrong(fixture);

  const commands = createRedis({ ...fixture.server.redisConfig, redisAuth: SECRETS.redisPassword });
  fixture.defer(() => commands.disconnect());
  const keys = await commands.keys('*');
  assert.ok(keys.length >= 6, keys.join());
  for (const key of keys) {
    for (const [what, text] of markedTexts(fixture.token))
      assert.not.ok(key.includes(text), `${what} in the key ${key}`);
    assert.ok((await commands.ttl(key)) > 0, `${key} never expires`);
    const value = await contentOf(commands, key);
    for (const [what, text] of Object.entries(NOT_KEPT))
      assert.not.ok(value.includes(text), `${what} in ${key}`);
  }
  assert.match(await contentOf(commands, `aar1:{${CONVERSATION}}:log`), SECRETS.transcript);

  await goOnWithoutRedis(fixture);
  await until(() => EVENT_KINDS.every((kind) => fixture.deployed.log(kind).includes('event not taken')));
  const wrong = await fixture.program.run({
    GCP_PROJECT_ID: PROJECT,
    CORS_ALLOWED_ORIGINS: SECRETS.origin,
    REDISPORT: SECRETS.credential,
  });
  assert.is(wrong.code, 1);
  await fixture.relay.stop();

  const outputs = [
    ['the relay', fixture.relay.output()],
    ['a relay that did not start', wrong.output],
    ...EVENT_KINDS.map((kind) => [kind, fixture.deployed.log(kind)]),
  ] as const;
  for (const [name, output] of outputs) {
    assert.ok(output.length > 100, `${name} has written nothing`);
    for (const [what, text] of markedTexts(fixture.token)) {
      const line = output.split('\n').find((each) => each.includes(text));
      assert.is(line, undefined, `${name} shows ${what}`);
    }
  }
  // At the level that tells most, and about the conversation, or the above means nothing.
  assert.match(fixture.relay.output(), '"severity":"DEBUG"');
  for (const kind of EVENT_KINDS) assert.match(fixture.deployed.log(kind), CONVERSATION);
  assert.match(fixture.relay.output(), 'CORS_ALLOWED_ORIGINS is not set');
});

test.run();
