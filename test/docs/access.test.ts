// docs/access.md: what it says of refusals is what the code says, and its authorizer works as it stands there.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startTestRedis, uniqueConversation } from '../helpers/redis.ts';
import { startTestRelay } from '../helpers/relay.ts';
import { until } from '../helpers/until.ts';
import { NativeDesktop } from '../relay/websocket/native-desktop.ts';
import { firstCells, readDoc } from './markdown.ts';
import { callsOf } from './source.ts';

const page = readDoc('docs/access.md');
const SECRET = 'a-secret-of-the-webhook';

test('every refusal is in the table, and no other is', () => {
  const thrown = callsOf('AccessRefusedError').map(([message = '']) => message);
  assert.equal([...new Set(thrown)].sort(), firstCells(page, 'refusal').sort());
});

/** Runs the program that the page shows, on a port of its own. */
async function runExample(calls: Record<string, string>, supervisors: string[]) {
  const [, program] = /^```js\n(.*?)^```/ms.exec(page) ?? [];
  assert.ok(program);
  const directory = await mkdtemp(join(tmpdir(), 'authorizer-'));
  await writeFile(join(directory, 'authorizer.mjs'), program);
  const port = await freePort();
  const child = spawn(process.execPath, [join(directory, 'authorizer.mjs')], {
    env: {
      PORT: String(port),
      AUTHORIZER_TOKEN: SECRET,
      CALLS: JSON.stringify(calls),
      SUPERVISORS: JSON.stringify(supervisors),
    },
    stdio: 'inherit',
  });
  const url = `http://127.0.0.1:${port}/authorize`;
  await until(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    async stop() {
      child.kill();
      await rm(directory, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the authorizer of the page lets agents into their own calls, and supervisors into all', async () => {
  const [mine, others] = [uniqueConversation(), uniqueConversation()];
  const redis = await startTestRedis();
  const example = await runExample({ [mine]: 'test:agent', [others]: 'test:other' }, ['test:supervisor']);
  const relay = await startTestRelay(redis, { AUTHORIZER_URL: example.url, AUTHORIZER_TOKEN: SECRET });
  const stranger = await startTestRelay(redis, { AUTHORIZER_URL: example.url, AUTHORIZER_TOKEN: 'wrong' });

  /** Which of the two conversations somebody gets into. */
  async function joined(subject: string, url = relay.url): Promise<string[]> {
    const desktop = new NativeDesktop(url);
    await desktop.ready(relay.tokens.issue(subject, '').token);
    const answers = [await desktop.join(mine), await desktop.join(others)];
    desktop.socket.terminate();
    return answers.map((answer) => (answer.type === 'error' ? answer.code : answer.type));
  }

  try {
    assert.equal(await joined('test:agent'), ['joined', 'not-allowed']);
    assert.equal(await joined('test:other'), ['not-allowed', 'joined']);
    assert.equal(await joined('test:supervisor'), ['joined', 'joined']);
    assert.equal(await joined('test:agent', stranger.url), ['unavailable', 'unavailable']);
    const complete = await fetch(
      `${relay.url}/v2/${mine.replace('/conversations', '/locations/global/conversations')}:complete`,
      { method: 'POST', headers: { authorization: relay.tokens.issue('test:supervisor', '').token } },
    );
    assert.equal([complete.status, await complete.json()], [403, { message: 'a supervisor may only read' }]);
  } finally {
    await Promise.all([relay.close(), stranger.close()]);
    await example.stop();
    await redis.stop();
  }
});

test.run();
