// `npm run trace` as a process, against a relay of this one and a real Redis.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../../docs/markdown.ts';
import { TEST_PROJECT, uniqueConversation } from '../../../helpers/redis.ts';
import { relayFixture } from '../../../helpers/relay-fixture.ts';
import { until } from '../../../helpers/until.ts';
import { ADMIN_TOKEN, adminToken } from '../../../relay/admin/admin-requests.ts';
import '../../../helpers/patient-redis.ts';

const SAID = 'my card number is';
const WAIT_MS = 60_000;
const LANES = 4;

const fixture = relayFixture(test, { adminToken });

interface Ended {
  code: number | null;
  output: string;
}

/** @param onOutput is called with all that was printed so far, and with what ends the command. */
function trace(
  args: string[],
  env: Record<string, string> = {},
  onOutput: (output: string, interrupt: () => void) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['scripts/operate/trace/main.ts', '--settings', '/dev/null', ...args],
      { cwd: ROOT, env: { PATH: process.env.PATH, HOME: '/nowhere', ADMIN_TOKEN, ...env } },
    );
    let output = '';
    let isInterrupted = false;
    // Another signal would end a process that is ending already.
    const interrupt = () => {
      if (!isInterrupted) child.kill('SIGINT');
      isInterrupted = true;
    };
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        onOutput(output, interrupt);
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** A Pub/Sub that has one dead letter of a conversation. */
async function pubsubWith(conversation: string): Promise<string> {
  const data = Buffer.from(JSON.stringify({ conversation, said: SAID })).toString('base64');
  const letter = {
    ackId: 'a',
    message: { messageId: '7', publishTime: '2026-01-02T03:04:05Z', data, attributes: {} },
  };
  let letters = [letter];
  const port = await fixture.listen(
    createServer((request, response) => {
      const isPull = request.url?.endsWith(':pull');
      response.end(JSON.stringify(isPull ? { receivedMessages: letters } : {}));
      if (isPull) letters = [];
    }),
  );
  return `127.0.0.1:${port}`;
}

test('a healthy conversation ends with 0, one with a dead letter with 1', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop({ token: fixture.token('okta:ann') });
  await desktop.join(conversation);
  await fixture.publish(conversation, { data: { said: SAID } });
  await until(() => desktop.events.length === 1, WAIT_MS);
  const { url } = fixture.relay;
  const [fine, dead, json] = await Promise.all([
    trace([conversation, '--relay', url]),
    trace([conversation, '--relay', `${url}/`], {
      PUBSUB_EMULATOR_HOST: await pubsubWith(conversation),
      GCP_PROJECT_ID: TEST_PROJECT,
    }),
    trace([conversation.split('/').at(-1) ?? '', '--relay', url, '--json', '--no-dead-letters']),
  ]);
  assert.is(fine.code, 0, fine.output);
  assert.match(fine.output, /^ {4}1 {2}new-message-event /m);
  assert.match(fine.output, /^okta:ann {2}native {4}\S{8} {2}joined /m);
  assert.match(fine.output, /^ok {4}desktops: 1 desktop on 1 relay, at event 1 of 1$/m);
  assert.match(fine.output, /^note {2}dead letters: not looked at: .*GCP_PROJECT_ID/m);
  assert.is(dead.code, 1, dead.output);
  assert.match(dead.output, /^FAULT dead letters: 1 event could not be delivered$/m);
  assert.is(json.code, 0, json.output);
  const { log, findings } = JSON.parse(json.output);
  assert.equal([log.top, findings.length], [1, 3]);
  for (const { output } of [fine, dead, json]) {
    assert.not.match(output, SAID);
    assert.not.match(output, ADMIN_TOKEN);
  }
});

test('--follow prints each new event once, until Ctrl-C', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation);
  let published: Promise<unknown> | undefined;
  const options = ['--relay', fixture.relay.url, '--no-dead-letters', '--follow', '--every', '1'];
  const { code, output } = await trace([conversation, ...options], {}, (printed, interrupt) => {
    if (/^FAULT desktops: /m.test(printed)) published ??= fixture.publish(conversation);
    if (/^ {4}2 {2}new-message-event /m.test(printed)) interrupt();
  });
  await published;
  assert.is(code, 130, output);
  assert.is(output.match(/new-message-event/g)?.length, 2);
});

const WRONG: [args: string[], env: Record<string, string>, code: number, message: RegExp][] = [
  [['c'], {}, 2, /required option '--relay <url>' not specified/],
  [['--relay', 'http://127.0.0.1'], {}, 2, /missing required argument 'conversation'/],
  [['a/b', '--relay', 'http://127.0.0.1'], {}, 2, /or its id alone/],
  [['c', '--relay', 'relay.example.com'], {}, 2, /--relay takes an address/],
  [
    ['+49 170 1234567', '--relay', 'http://127.0.0.1'],
    {},
    2,
    /^trace: that looks like a phone number; [^\d]*$/,
  ],
  [['c', '--relay', 'https://a:pw@relay.example.com'], {}, 2, /^(?!.*pw).*without a name and a password/],
  [['c', '--relay', 'RELAY/admin'], {}, 1, /HTTP 404: is \/admin part of the relay's address\?/],
  [
    ['c', '--relay', 'http://127.0.0.1', '--token-env', 'f00d'],
    {},
    2,
    /^(?!.*f00d).*no variable of that name/,
  ],
  [['c', '--relay', 'http://relay.example.com'], {}, 2, /needs https/],
  [
    ['c', '--relay', 'http://127.0.0.1'],
    { ADMIN_TOKEN: '' },
    2,
    /the admin token is missing: set ADMIN_TOKEN/,
  ],
  [
    ['c', '--relay', 'http://127.0.0.1', '--token-file', join(ROOT, 'nowhere')],
    {},
    2,
    /cannot be read \(ENOENT\)/,
  ],
  [
    ['c', '--relay', 'RELAY'],
    { ADMIN_TOKEN: 'f00d\nf00d' },
    2,
    /^(?!.*f00d).*ADMIN_TOKEN: the admin token has a line break/,
  ],
  [['c', '--relay', 'TLS'], {}, 1, /does not speak TLS/],
  [['c', '--relay', 'RELAY', '--settings', '/nowhere'], {}, 2, /--settings: there is no file \/nowhere/],
  [['c', '--relay', 'RELAY'], { ADMIN_TOKEN: 'wrong' }, 1, /HTTP 401: the admin token is wrong/],
  [['projects/other/conversations/c', '--relay', 'RELAY'], {}, 1, /not one of the project/],
];

test('wrong command lines end with 2, and refusals of the relay with 1, in one line', async () => {
  const { url } = fixture.relay;
  const waiting = [...WRONG];
  // A few at a time: a relay is given a limited time for its answer, and all of them start at once otherwise.
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [args, env, expected, message] = next;
      const given = args.map((arg) =>
        arg.replace(/^RELAY/, url).replace(/^TLS/, url.replace('http', 'https')),
      );
      const { code, output } = await trace(given, env);
      assert.is(code, expected, output);
      assert.match(output.split('\n')[0] ?? '', message, output);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
});

test('--follow goes on while the relay is away, and says so once', async () => {
  const conversation = uniqueConversation();
  const { url } = fixture.relay;
  let isAway = false;
  const port = await fixture.listen(
    createServer(async (request, response) => {
      if (isAway) {
        response.destroy();
        return;
      }
      const { authorization = '' } = request.headers;
      const headers = { authorization, 'content-type': 'application/json' };
      const body = JSON.stringify({ conversation });
      const answer = await fetch(`${url}/admin/trace`, { method: 'POST', headers, body });
      response.setHeader('content-type', 'application/json').end(await answer.text());
    }),
  );
  let asked = 0;
  const options = ['--relay', `http://127.0.0.1:${port}`, '--no-dead-letters', '--follow', '--every', '1'];
  const { code, output } = await trace([conversation, ...options], {}, (printed, interrupt) => {
    isAway = asked++ === 0 || (isAway && !/until Ctrl-C/.test(printed));
    if (/answers again/.test(printed)) interrupt();
  });
  assert.is(code, 130, output);
  assert.is(output.match(/cannot be reached .* It is asked again until Ctrl-C/g)?.length, 1, output);
});

test('a relay without admin routes and a server that is no relay end with 1', async () => {
  const plain = await fixture.startRelay();
  const port = await fixture.listen(createServer((_, response) => response.end('hello')));
  const [none, other] = await Promise.all([
    trace(['c', '--relay', plain.url]),
    trace(['c', '--relay', `http://127.0.0.1:${port}`]),
  ]);
  assert.match(none.output, /HTTP 404: the relay has no admin routes: set ADMIN_TOKEN_NAME/);
  assert.match(other.output, /is --relay the address of a relay\?/);
  assert.equal([none.code, other.code], [1, 1]);
});

test.run();
