import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redisScript } from '../../shared/redis-script.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';

const fixture = redisFixture(test);

async function calls(command: string): Promise<number> {
  const statistics = await fixture.redis.info('commandstats');
  return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(statistics)?.[1] ?? 0);
}

test('a script is sent as text once, and again when Redis has forgotten it', async () => {
  const join = redisScript(fixture.redis, 'return {KEYS[1], KEYS[2], ARGV[1]}', (parts: string[]) =>
    parts.join(' '),
  );
  assert.is(await join(['{a}1', '{a}2'], [7]), '{a}1 {a}2 7');
  for (let count = 0; count < 3; count++) await join(['{a}1', '{a}2'], [count]);
  assert.is(await calls('eval'), 1);
  await fixture.redis.script('FLUSH');
  assert.is(await join(['{a}1', '{a}2'], ['again']), '{a}1 {a}2 again');
  assert.is(await calls('eval'), 2);
});

test('a script that fails is not run again, for it may have written', async () => {
  const fail = redisScript(
    fixture.redis,
    "redis.call('INCR', KEYS[1]) return redis.error_reply('ERR it is over NOSCRIPT')",
    String,
  );
  for (const run of [1, 2]) {
    await fail(['counter'], []).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /^ERR it is over/),
    );
    assert.is(await fixture.redis.get('counter'), String(run));
  }
});

test.run();
