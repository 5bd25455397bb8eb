import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redisFixture } from '../../../helpers/redis-fixture.ts';
import { until } from '../../../helpers/until.ts';
import { buildHttp } from '../build.ts';

const fixture = redisFixture(test);

const UP = {
  isDraining: () => false,
  redisState: () => ({ fault: undefined, lost: [] }),
  pingRedis: async () => 'PONG',
};

test('/health and /ready are 200 while all is well', async () => {
  const { app } = await buildHttp({ readiness: UP });
  for (const url of ['/health', '/ready']) {
    const answer = await app.inject(url);
    assert.is(answer.statusCode, 200);
    assert.equal(answer.json(), { status: 'ok' });
  }
});

test('a draining relay is alive but not ready, without asking Redis', async () => {
  const pingRedis = async () => {
    throw new Error('asked');
  };
  const { app, lines } = await buildHttp({ readiness: { ...UP, isDraining: () => true, pingRedis } });
  assert.is((await app.inject('/health')).statusCode, 200);
  const answer = await app.inject('/ready');
  assert.is(answer.statusCode, 503);
  assert.equal(answer.json(), { message: 'The relay is shutting down.' });
  assert.equal(lines, []);
});

test('a relay without Redis is alive but not ready, and the log says so', async () => {
  const { server, redis } = fixture;
  const { app, lines } = await buildHttp({ readiness: { ...UP, pingRedis: () => redis.ping() } });
  assert.is((await app.inject('/ready')).statusCode, 200);
  server.process.kill('SIGSTOP');
  const hanging = await app.inject('/ready');
  assert.is(hanging.statusCode, 503);
  assert.equal(hanging.json(), { message: 'Redis does not answer.' });
  server.process.kill('SIGCONT');
  await until(() =>
    redis.ping().then(
      () => true,
      () => false,
    ),
  );
  assert.is((await app.inject('/ready')).statusCode, 200);
  await server.stop();
  assert.is((await app.inject('/ready')).statusCode, 503);
  assert.is((await app.inject('/health')).statusCode, 200);
  assert.is(lines.filter((line) => line.includes('"severity":"WARNING"')).length, 2);
});

test.run();
