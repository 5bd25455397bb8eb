import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { originCheck, originPattern } from '../../../../relay/http/browsers/origin-check.ts';

const PATTERNS: [text: string, pattern: string | undefined][] = [
  ['https://desk.example.com', 'https://desk.example.com'],
  ['  https://Desk.Example.com/ ', 'https://desk.example.com'],
  ['https://desk.example.com:443', 'https://desk.example.com'],
  ['http://desk.example.com:80', 'http://desk.example.com'],
  ['https://desk.example.com:8443', 'https://desk.example.com:8443'],
  ['http://localhost:5173', 'http://localhost:5173'],
  ['http://127.0.0.1:5173', 'http://127.0.0.1:5173'],
  ['https://*.example.com', 'https://*.example.com'],
  ['https://*.my.example.com:8443', 'https://*.my.example.com:8443'],
  ['*', undefined],
  ['https://*', undefined],
  ['https://*.com', undefined],
  ['https://desk.*.com', undefined],
  ['https://*desk.example.com', undefined],
  ['https://desk.example.com/path', undefined],
  ['https://user@desk.example.com', undefined],
  ['desk.example.com', undefined],
  ['ftp://desk.example.com', undefined],
  ['null', undefined],
  ['', undefined],
];

for (const [text, pattern] of PATTERNS) {
  test(`"${text}" is ${pattern === undefined ? 'no origin' : `the origin ${pattern}`}`, () => {
    assert.is(originPattern(text), pattern);
  });
}

test('without a list every origin passes, the opaque one too', () => {
  const allows = originCheck(undefined);
  for (const origin of [undefined, 'null', 'https://anything.example', 'file://']) assert.ok(allows(origin));
});

const LIST = ['https://desk.example.com', 'https://*.agents.example.com', 'http://*.dev.example.com:8080'];

const ORIGINS: [origin: string | undefined, isAllowed: boolean][] = [
  [undefined, true],
  ['https://desk.example.com', true],
  ['https://a.agents.example.com', true],
  ['https://a.b.agents.example.com', true],
  ['http://x.dev.example.com:8080', true],
  ['http://desk.example.com', false],
  ['https://desk.example.com:8443', false],
  ['https://desk.example.com.evil.example', false],
  ['https://agents.example.com', false],
  ['https://.agents.example.com', false],
  ['https://evilagents.example.com', false],
  ['https://*.agents.example.com', false],
  ['https://evil.example/.agents.example.com', false],
  ['https://evil.example#.agents.example.com', false],
  ['https://user@evil.example:1@x.agents.example.com', false],
  ['https://evil.example\\.agents.example.com', false],
  ['http://a.agents.example.com', false],
  ['http://x.dev.example.com', false],
  ['null', false],
  ['', false],
];

for (const [origin, isAllowed] of ORIGINS) {
  test(`a list ${isAllowed ? 'lets in' : 'keeps out'} ${origin ?? 'a request without an origin'}`, () => {
    assert.is(originCheck(LIST)(origin), isAllowed);
  });
}

test('an empty list keeps every page out', () => {
  assert.is(originCheck([])('https://desk.example.com'), false);
});

test.run();
