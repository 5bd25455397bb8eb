import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readingScript, redisScript } from '../../shared/redis-script.ts';
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

test('a script that reads is sent as text once, and runs as one that only reads', async () => {
  const length = readingScript(fixture.redis, "return redis.call('STRLEN', KEYS[1])", Number);
  await fixture.redis.set('five', '12345');
  for (let count = 0; count < 3; count++) assert.is(await length(['five'], []), 5);
  assert.equal([await calls('eval_ro'), await calls('evalsha_ro')], [1, 3]);
  const write = readingScript(fixture.redis, "return redis.call('SET', KEYS[1], 'x')", String);
  await write(['five'], []).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /Write commands are not allowed from read-only scripts/),
  );
});

for (const denied of [['evalsha_ro', 'eval_ro'], ['evalsha_ro'], ['eval_ro']]) {
  test(`a script that reads runs where Redis does not permit ${denied.join(' and ')}`, async () => {
    await fixture.redis.script('FLUSH');
    const [name, password] = [`without-${denied.join('-')}`, 'a password of a test'];
    const rules = ['on', `>${password}`, '~*', '+@all', ...denied.map((command) => `-${command}`)];
    await fixture.redis.call('ACL', 'SETUSER', name, ...rules);
    const client = fixture.client(fixture.server.redisConfig, { username: name, password });
    const before = await calls('evalsha');
    const length = readingScript(client, "return redis.call('STRLEN', KEYS[1])", Number);
    for (let count = 0; count < 3; count++) assert.is(await length(['five'], []), 5);
    assert.is((await calls('evalsha')) - before, 3);
  });
}

test.run();
