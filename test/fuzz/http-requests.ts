// Requests to the relay as bytes: good ones, nearly good ones and nonsense. `TOKEN` stands for a token that is good.
import * as fc from 'fast-check';
import { relayRoutes } from '../docs/routes.ts';
import { TEST_PROJECT } from '../helpers/redis.ts';
import { anyJson, deepJson, mutated } from './mutations.ts';
import { ADMIN_TOKEN, CONVERSATIONS, SEKRET } from './relay-world.ts';

const BASE = `/v2beta1/projects/${TEST_PROJECT}/locations/global`;
/** All that the relay serves, as `METHOD /path`; those of the proxy below the test's project. */
const ROUTES = (await relayRoutes()).map((route) => route.replace(' …', ` ${BASE}`).replace('…', 'x'));
const MORE = [
  'GET /socket.io/?EIO=4&transport=polling',
  'POST /socket.io/?EIO=4&transport=polling&sid=x',
  'GET /ws',
];
const TARGETS = [...ROUTES, ...MORE].map((route) => route.split(' ')[1] ?? '');
const METHODS = 'GET POST PATCH DELETE HEAD OPTIONS PUT CONNECT TRACE PROPFIND QUERY get G\0T'.split(' ');

const query = mutated(
  fc.constantFrom(
    ...[
      '?conversationIntegrationKey=%2B1555',
      '?conversationIntegrationKey=%25x',
      '?conversationIntegrationKey=+1555',
      '?provider=Skip',
      '?$alt=json',
    ],
    ...[`?conversationIntegrationKey=${SEKRET}`, `?provider=${SEKRET}`, '?a[]=1&a[]=2', '?pageSize=5'],
  ),
  5,
);
const start = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...ROUTES, ...MORE) },
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...ROUTES), query).map((parts) => parts.join('')) },
  {
    weight: 3,
    arbitrary: join(fc.constantFrom(...METHODS, 'X'.repeat(100)), mutated(fc.constantFrom(...TARGETS), 3)),
  },
);

const CREDENTIALS = [
  'Bearer TOKEN',
  'bearer  TOKEN',
  'TOKEN',
  `Bearer ${SEKRET}`,
  `Basic ${SEKRET}`,
  `Bearer ${ADMIN_TOKEN}`,
];
const authorization = mutated(fc.constantFrom(...CREDENTIALS), 8).map((value) => `Authorization: ${value}`);
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
const headers = fc
  .tuple(
    fc.option(authorization, { freq: 5 }),
    fc.option(fc.constant('Content-Type: application/json'), { freq: 5 }),
    fc.array(otherHeader, { maxLength: 3 }),
  )
  .map(([first, second, others]) => [first, second, ...others].filter((line) => line !== null));

const BODIES = [
  { conversationIntegrationKey: '+1555', conversationName: CONVERSATIONS[0] },
  { gcp_agent_assist_user: 'maria', accountSid: `AC${'2'.repeat(32)}`, authToken: SEKRET },
  { conversation: CONVERSATIONS[0] },
  { sub: 'test:nobody' },
  { textInput: { text: 'hello', languageCode: 'en' } },
].map((body) => JSON.stringify(body));
const body = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  {
    weight: 6,
    arbitrary: mutated(fc.constantFrom(...BODIES, '5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n', '40{}'), 5),
  },
  { weight: 2, arbitrary: anyJson.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: deepJson },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(20_000), '\0'.repeat(17_000)) },
);
/** By how much the announced length is wrong. */
const excess = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1, -1, 1e15) },
);

const request = fc.tuple(start, headers, body, excess).map(([line, lines, content, more]) => {
  const length = `Content-Length: ${Buffer.byteLength(content) + more}`;
  const isSaid = content !== '' && !lines.some((each) => each.startsWith('Transfer-Encoding'));
  return [`${line} HTTP/1.1`, 'Host: x', ...lines, ...(isSaid ? [length] : []), '', content].join('\r\n');
});

/** A request; sometimes several one behind the other, or one with some bytes changed. */
export const stream: fc.Arbitrary<string> = fc.oneof(
  { weight: 7, arbitrary: request },
  {
    weight: 1,
    arbitrary: fc.array(request, { minLength: 2, maxLength: 3 }).map((requests) => requests.join('')),
  },
  { weight: 2, arbitrary: mutated(request) },
);

function join(...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((texts) => texts.join(' '));
}
