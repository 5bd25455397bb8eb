// The control server restarts processes of a developer's machine: what it refuses, and what it answers.
import { request as httpRequest } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DemoState } from '../../../../scripts/demo/control/api.ts';
import type { Control } from '../../../../scripts/demo/control/control.ts';
import { startControlServer } from '../../../../scripts/demo/control/control-server.ts';
import { Fixture } from '../../../helpers/fixture.ts';

const PAGE = 'http://127.0.0.1:8080';
const STATE = { sequence: 7 } as DemoState;

const fixture = new Fixture(test);
let url: string;
let calls: string[];
let isBusy = false;

const control: Control = {
  state: (body) => {
    calls.push(`state ${JSON.stringify(body)}`);
    return STATE;
  },
  set: (body) => calls.push(`set ${JSON.stringify(body)}`),
  play: (scenario) => {
    calls.push(`play ${scenario}`);
    return scenario !== 'unknown';
  },
  fault: (name) => {
    calls.push(`fault ${name}`);
    return !isBusy;
  },
};

test.before(async () => {
  const server = await startControlServer({ pageOrigin: PAGE, script: 'the drawer', control });
  fixture.defer(server.stop);
  url = server.url;
});
test.before.each(() => {
  calls = [];
  isBusy = false;
});

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** With the headers that a browser does not let a page choose. A header that is '' is left out. */
function send(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const all = { origin: PAGE, 'content-type': 'application/json', ...headers };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  return new Promise((resolve, reject) => {
    const request = httpRequest(url + path, { method, headers: given }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.once('error', reject);
    request.end(body);
  });
}

const fault = JSON.stringify({ fault: 'relay' });

test("the page's origin gets the script, and is the only one that may read it", async () => {
  const { status, headers, body } = await send('GET', '/drawer.js');
  assert.is(status, 200);
  assert.is(body, 'the drawer');
  assert.is(headers['access-control-allow-origin'], PAGE);
  assert.is(headers.vary, 'Origin');
  assert.is(headers['x-content-type-options'], 'nosniff');
});

test('each request reaches what it is for', async () => {
  const state = await send('POST', '/state', '{"conversations":["projects/p/conversations/c"],"after":3}');
  assert.equal(JSON.parse(state.body), STATE);
  await send('POST', '/settings', '{"speed":2,"isPaused":true,"duplicates":true,"reorder":false}');
  await send('POST', '/play', '{"scenario":"travel"}');
  await send('POST', '/play', '{"scenario":null}');
  assert.is((await send('POST', '/fault', fault)).status, 200);
  assert.equal(calls, [
    'state {"conversations":["projects/p/conversations/c"],"after":3}',
    'set {"speed":2,"isPaused":true,"duplicates":true,"reorder":false}',
    'play travel',
    'play null',
    'fault relay',
  ]);
});

const ORIGINS = {
  'of another site': 'https://example.com',
  'of another port': 'http://127.0.0.1:8081',
  'by another name of this machine': 'http://localhost:8080',
  'that is opaque': 'null',
  'that only begins like the right one': `${PAGE}.example.com`,
  'that is missing': '',
};
for (const [which, origin] of Object.entries(ORIGINS)) {
  test(`an origin ${which} is refused, whatever it asks for`, async () => {
    for (const [method, path] of [
      ['GET', '/drawer.js'],
      ['POST', '/fault'],
      ['OPTIONS', '/fault'],
    ] as const) {
      const { status, headers } = await send(method, path, method === 'POST' ? fault : undefined, { origin });
      assert.is(status, 403, method);
      assert.is(headers['access-control-allow-origin'], undefined);
    }
    assert.equal(calls, []);
  });
}

test('a name that was made to lead to this machine is refused', async () => {
  for (const host of ['evil.example', `evil.example:${new URL(url).port}`, 'localhost', '127.0.0.1:1']) {
    assert.is((await send('POST', '/fault', fault, { host })).status, 403, host);
  }
  assert.equal(calls, []);
});

test('a request that needs no preflight does nothing', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
    assert.is((await send('POST', '/fault', fault, { 'content-type': type })).status, 415, type);
  }
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'])
    assert.is((await send(method, '/fault')).status, 405, method);
  assert.is((await send('POST', '/drawer.js', '{}')).status, 405);
  assert.equal(calls, []);
});

test('the preflight of the page allows JSON by POST, and nothing else', async () => {
  const { status, headers } = await send('OPTIONS', '/fault');
  assert.is(status, 204);
  assert.is(headers['access-control-allow-origin'], PAGE);
  assert.is(headers['access-control-allow-methods'], 'GET, POST');
  assert.is(headers['access-control-allow-headers'], 'content-type');
  assert.is(headers['access-control-allow-credentials'], undefined);
});

const MALFORMED: [path: string, body: string][] = [
  ['/fault', '{"fault":"everything"}'],
  ['/fault', '{'],
  ['/fault', ''],
  ['/fault', '{"fault":"cut","more":1}'],
  ['/settings', '{"speed":1000000}'],
  ['/settings', '{"speed":0}'],
  ['/settings', '{"isPaused":"yes"}'],
  ['/play', '{}'],
  ['/play', '{"scenario":"unknown"}'],
  ['/state', '{"conversations":[1],"after":0}'],
  ['/state', '{"conversations":[],"after":-1}'],
  ['/state', '[]'],
];
test('a malformed body is refused, and the answer quotes none of it', async () => {
  for (const [path, body] of MALFORMED) {
    const answer = await send('POST', path, body);
    assert.is(answer.status, 400, `${path} ${body}`);
    assert.match(answer.body, /^(malformed|no such scenario)\n$/);
  }
  assert.equal(
    calls.filter((call) => call !== 'play unknown'),
    [],
  );
});

test('a body that is too large, and a path that is none, are refused', async () => {
  assert.is((await send('POST', '/play', JSON.stringify({ scenario: 'x'.repeat(20_000) }))).status, 413);
  assert.is((await send('POST', '/etc/passwd', '{}')).status, 404);
});

test('a second fault at a time is refused as a conflict', async () => {
  isBusy = true;
  assert.is((await send('POST', '/fault', fault)).status, 409);
});

test.run();
