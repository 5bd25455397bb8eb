// docs/access.md: what it says of refusals is what the code says, and its authorizer works as it stands there.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../scripts/local/free-port.ts';
import { uniqueConversation, withLocation } from '../helpers/redis.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { until } from '../helpers/until.ts';
import { firstCells, readDoc } from './markdown.ts';
import { callsOf } from './source.ts';
import '../helpers/patient-redis.ts';

const page = readDoc('docs/access.md');
const fixture = relayFixture(test, { relays: 0 });
const SECRET = 'a-secret-of-the-webhook';

test('every refusal is in the table, and no other is', () => {
  const thrown = callsOf('AccessRefusedError').map(([message = '']) => message);
  assert.equal([...new Set(thrown)].sort(), firstCells(page, 'refusal').sort());
});

/** Runs the program that the page shows, on a port of its own. */
async function runExample(calls: Record<string, string>, supervisors: string[]) {
  const [, program] = /^```js\n(.*?)^```/ms.exec(page) ?? [];
  assert.ok(program);
  const directory = fixture.directory();
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
  fixture.defer(() => child.kill());
  const url = `http://127.0.0.1:${port}/authorize`;
  await until(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return url;
}

test("the page's authorizer lets agents into own calls and supervisors into all", async () => {
  const [mine, others] = [uniqueConversation(), uniqueConversation()];
  const url = await runExample({ [mine]: 'test:agent', [others]: 'test:other' }, ['test:supervisor']);
  const start = (token: string) =>
    fixture.startRelay({ settings: { AUTHORIZER_URL: url, AUTHORIZER_TOKEN: token } });
  const [relay, stranger] = [await start(SECRET), await start('wrong')];

  /** Which of the two conversations somebody gets into. */
  async function joined(subject: string, at = relay): Promise<string[]> {
    const desktop = await fixture.nativeDesktop({ relay: at, token: relay.tokens.issue(subject, '').token });
    const answers = [await desktop.join(mine), await desktop.join(others)];
    return answers.map((answer) => (answer.type === 'error' ? answer.code : answer.type));
  }

  assert.equal(await joined('test:agent'), ['joined', 'not-allowed']);
  assert.equal(await joined('test:other'), ['not-allowed', 'joined']);
  assert.equal(await joined('test:supervisor'), ['joined', 'joined']);
  assert.equal(await joined('test:agent', stranger), ['unavailable', 'unavailable']);
  const complete = await fetch(`${relay.url}/v2/${withLocation(mine)}:complete`, {
    method: 'POST',
    headers: { authorization: relay.tokens.issue('test:supervisor', '').token },
  });
  assert.equal([complete.status, await complete.json()], [403, { message: 'a supervisor may only read' }]);
});

test.run();
