// Requests to the relay as bytes: good ones, nearly good ones and nonsense. What they are made of, and the words that stand
// for tokens in them: `http-calls.ts`.
import * as fc from 'fast-check';
import { ADMIN_TOKEN, SEKRET } from './fuzz-fixture.ts';
import { CALLS, type Call } from './http-calls.ts';
import { damaged, deepJson, mutated, oddJson } from './mutations.ts';

/** What is sent, and where it is a call without any change, what that is and how it may be answered. */
export interface Sent {
  text: string;
  granted?: { route: string; statuses: readonly number[] };
}

/** Stands in the header of the last request on a connection. */
export const LAST = 'Connection: close';

/** What is changed in a call; where nothing is said, the part stays as it is. */
interface Changes {
  line?: string | undefined;
  authorization?: string | undefined;
  contentType?: string | undefined;
  headers?: string[] | undefined;
  body?: string | undefined;
  /** By how much the announced length is wrong. */
  excess?: number | undefined;
}

const ROUTED = [...CALLS].map(([route, calls]) => ({ route, calls }));
const TARGETS = [...CALLS.values()].flat().map(({ target }) => target);
const METHODS = 'GET POST PATCH DELETE HEAD OPTIONS PUT CONNECT TRACE PROPFIND QUERY get G\0T'.split(' ');

const PATHS = [
  '//',
  '//x/',
  '/%',
  '/..//',
  '*',
  'http://',
  'http://x/metrics',
  '/?',
  '/socket.io/?EIO=3&transport=polling',
];
const QUERIES = [
  ...[
    '?conversationIntegrationKey=%25x',
    '?conversationIntegrationKey=+1555',
    '?conversationIntegrationKey=',
  ],
  ...[`?conversationIntegrationKey=${SEKRET}`, `?provider=${SEKRET}`, '?provider=', '?$alt=json', '?$ct=x'],
  ...['?a[]=1&a[]=2', '?__proto__=1', '?%', '?', '&pageSize=5', '/', '#x'],
];
const VALUES = ['', ' ', '%', '%x', '\0', '+1555', '__proto__', '😀', 'x'.repeat(300), SEKRET];
const lineOf = ({ method, target }: Call) =>
  fc.oneof(
    { weight: 3, arbitrary: mutated(fc.constant(target)).map((changed) => `${method} ${changed}`) },
    { weight: 3, arbitrary: queryOf(target).map((query) => `${method} ${pathOf(target)}${query}`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...METHODS, 'X'.repeat(100)).map((other) => `${other} ${target}`),
    },
    { weight: 1, arbitrary: join(fc.constantFrom(...METHODS), fc.constantFrom(...TARGETS)) },
    { weight: 1, arbitrary: fc.constantFrom(...PATHS).map((path) => `${method} ${path}`) },
  );
/** Another query, or its own with another value. */
const queryOf = (target: string) => {
  const [name] = /\?[^=]*=/.exec(target) ?? [];
  const others = fc.constantFrom(...QUERIES);
  if (name === undefined) return others;
  return fc.oneof(
    others,
    fc.constantFrom(...VALUES).map((value) => name + encodeURIComponent(value)),
  );
};
const pathOf = (target: string) => target.replace(/\?.*$/, '');

const CREDENTIALS = [
  ...['Bearer TOKEN', 'bearer  TOKEN', 'TOKEN', 'Bearer VICTIM', `Bearer ${ADMIN_TOKEN}`],
  ...[`Bearer ${SEKRET}`, `Basic ${SEKRET}`, ''],
];
const authorization = mutated(fc.constantFrom(...CREDENTIALS), 6);
const otherHeader = mutated(
  fc.constantFrom(
    ...[
      'Content-Type: application/json; charset=utf-7',
      'Content-Encoding: gzip',
      'Transfer-Encoding: chunked',
    ],
    ...[
      'Expect: 100-continue',
      'Origin: https://desk.example.com',
      'Cookie: io=x',
      'Range: bytes=0-1',
      'Upgrade: h2c',
    ],
    ...[
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXA=',
    ],
    ...[
      'Sec-WebSocket-Protocol: agent-assist.v1',
      'X-Forwarded-For: 1.2.3.4, ::1, unknown',
      'X-Forwarded-Proto: https',
    ],
    ...['Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization, x-y'],
    ...[
      'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'X-HTTP-Method-Override: DELETE',
    ],
  ),
  6,
);
const contentType = fc.constantFrom(
  '',
  'text/plain',
  'application/json; charset=utf-7',
  'application/x+json',
  ';',
);

const bodyOf = ({ body: good }: Call) =>
  fc.oneof(
    { weight: 4, arbitrary: mutated(fc.constant(textOf(good))) },
    { weight: 3, arbitrary: damaged(fieldsOf(good)).map(textOf) },
    { weight: 2, arbitrary: oddJson },
    { weight: 1, arbitrary: deepJson },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'x'.repeat(20_000), '\0'.repeat(17_000), '{"a":1}\r\n0\r\n\r\n'),
    },
  );

/** Some changes to a call, or none: in a good third of them. */
const changesOf = (call: Call): fc.Arbitrary<Changes> =>
  fc.record(
    {
      line: rarely(lineOf(call)),
      authorization: rarely(authorization),
      contentType: rarely(contentType),
      headers: rarely(fc.array(otherHeader, { minLength: 1, maxLength: 3 })),
      body: rarely(bodyOf(call), call.body === undefined ? 6 : 3),
      excess: rarely(fc.constantFrom(1, -1, 1e15), 40),
    },
    { noNullPrototype: true },
  );

const call = fc
  .constantFrom(...ROUTED)
  .chain(({ route, calls }) =>
    fc
      .constantFrom(...calls)
      .chain((each) => changesOf(each).map((changes) => ({ route, call: each, changes }))),
  );
const request: fc.Arbitrary<Sent> = call.map(({ route, call: each, changes }) => {
  const isWhole = Object.values(changes).every((change) => change === undefined);
  const text = bytesOf(each, changes);
  return isWhole ? { text, granted: { route, statuses: each.statuses ?? [200] } } : { text };
});

const HOST = 'Host: x';
/** Lets the other side close behind its answer. */
const asLast = (text: string) => text.replace(HOST, `${HOST}\r\n${LAST}`);

function bytesOf(good: Call, changes: Changes): string {
  const { line = `${good.method} ${good.target}`, headers = [], excess = 0 } = changes;
  const { authorization: credential = good.authorization ?? '', body: content = textOf(good.body) } = changes;
  const type = changes.contentType ?? (content === '' ? '' : 'application/json');
  const isSaid = content !== '' && !headers.some((each) => each.startsWith('Transfer-Encoding'));
  return [
    `${line} HTTP/1.1`,
    HOST,
    ...(credential === '' ? [] : [`Authorization: ${credential}`]),
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
    ...headers,
    ...(isSaid ? [`Content-Length: ${Buffer.byteLength(content) + excess}`] : []),
    '',
    content,
  ].join('\r\n');
}

/** A request; sometimes several one behind the other, or one with some bytes changed. */
export const sent: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 8, arbitrary: request.map(({ text, ...more }) => ({ ...more, text: asLast(text) })) },
  {
    weight: 1,
    arbitrary: fc.array(request, { minLength: 2, maxLength: 3 }).map((requests) => ({
      text: requests.map(({ text }, index) => (index === requests.length - 1 ? asLast(text) : text)).join(''),
    })),
  },
  { weight: 1, arbitrary: mutated(request.map(({ text }) => text)).map((text) => ({ text })) },
);

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : { conversation: 'x' };
}

/** One time in so many. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, times = 6): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function join(...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((texts) => texts.join(' '));
}
