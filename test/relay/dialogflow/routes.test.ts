import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  dialogflowOrigin,
  MAX_PATH_LENGTH,
  MAX_QUERY_LENGTH,
  matchRoute,
} from '../../../relay/dialogflow/routes.ts';
import { PROJECT } from './proxy-fixture.ts';

const BASE = '/v2/projects/my-project/locations/global';
const match = (target: string, method = 'GET') => matchRoute(method, target, PROJECT);

test('a request that is allowed keeps its path and query byte for byte', () => {
  const target = `${BASE}/conversations/c-%E2%82%AC%7e1/messages?pageSize=5&filter=a%20b&x=%2F..%2F`;
  assert.equal(match(target), {
    kind: 'forward',
    method: 'GET',
    location: 'global',
    path: `${BASE}/conversations/c-%E2%82%AC%7e1/messages`,
    query: 'pageSize=5&filter=a%20b&x=%2F..%2F',
    takesBody: false,
    template: '/v2/projects/*/locations/*/conversations/**',
    requested: {
      location: 'global',
      conversation: 'projects/my-project/locations/global/conversations/c-€~1',
    },
    action: 'read',
    quota: undefined,
  });
});

for (const [path, quota] of [
  ['conversations/c/participants/p:analyzeContent', 'analyzeContent'],
  ['conversations/c/participants/p:%61nalyzeContent', 'analyzeContent'],
  ['conversations/c/participants/p:analyzeContents', undefined],
  ['conversations/c/messages/analyzeContent', undefined],
  ['answerRecords/a:analyzeContent', undefined],
] as const) {
  test(`POST ${path} draws on ${quota ?? 'no quota'}`, () => {
    const method = path.startsWith('answerRecords') ? 'PATCH' : 'POST';
    const route = match(`${BASE}/${path}`, method);
    assert.ok(route.kind === 'forward');
    assert.is(route.quota, quota);
  });
}

for (const [method, path, id] of [
  ['GET', 'conversations/c', 'c'],
  ['GET', 'conversations/c/messages', 'c'],
  ['POST', 'conversations/c:complete', 'c'],
  ['POST', 'conversations/c/participants/p:analyzeContent', 'c'],
  ['POST', 'conversations/c/suggestions:suggestConversationSummary', 'c'],
  ['GET', 'conversations/%63%2Dd', 'c-d'],
  ['POST', 'conversations/c:d:complete', 'c:d'],
  ['GET', 'conversations/c:d/messages', 'c:d'],
] as const) {
  test(`${method} ${path} is about ${id}`, () => {
    const found = match(`${BASE}/${path}`, method);
    assert.equal(found.kind === 'forward' && found.requested, {
      location: 'global',
      conversation: `projects/my-project/locations/global/conversations/${id}`,
    });
  });
}

for (const [method, path, reach, action] of [
  ['POST', 'conversations', 'any', 'write'],
  ['POST', 'suggestions:searchKnowledge', 'any', 'write'],
  ['POST', 'statelessSuggestion:generate', 'none', 'write'],
  ['POST', 'suggestions:generateStatelessSummary', 'none', 'write'],
  ['GET', 'answerRecords/a', 'none', 'read'],
  ['PATCH', 'answerRecords/a', 'none', 'feedback'],
  ['GET', 'conversationProfiles/p', 'none', 'read'],
  ['GET', 'conversationModels/m', 'none', 'read'],
  ['GET', 'generators/g', 'none', 'read'],
  ['GET', 'companionAgents/a', 'none', 'read'],
  ['GET', 'companionAgentWorkflows/w', 'none', 'read'],
] as const) {
  test(`${method} ${path} is a ${action}, may reach ${reach}`, () => {
    const found = match(`${BASE}/${path}`, method);
    assert.equal(found.kind === 'forward' && [found.requested, found.action], [
      { location: 'global', reach },
      action,
    ]);
  });
}

test('the name for any parent is refused however it is written', () => {
  for (const name of ['-', '%2D', '%2d']) {
    assert.is(match(`${BASE}/conversations/${name}/messages`).kind, 'refused', name);
  }
});

test('the project is taken by its id and by its number', () => {
  for (const name of [PROJECT.id, PROJECT.number]) {
    assert.is(match(`/v2/projects/${name}/locations/us/conversations/c`).kind, 'forward', name);
  }
  for (const name of [PROJECT.number, 'undefined']) {
    const target = `/v2/projects/${name}/locations/us/conversations/c`;
    assert.is(
      matchRoute('GET', target, { id: 'my-project' }).kind,
      'refused',
      'the number is not configured',
    );
  }
});

test('a project with a colon in its old-style id is taken', () => {
  const target = '/v2/projects/example.com:app/locations/us/conversations/c';
  assert.is(matchRoute('GET', target, { id: 'example.com:app' }).kind, 'forward');
});

test('another project is refused with 403 and another version is not found', () => {
  const other = match('/v2/projects/other-project/locations/global/conversations/c');
  assert.is(other.kind === 'refused' && other.status, 403);
  for (const version of 'v1 v3 V2 v2beta v2beta10 anything constructor __proto__'.split(' ')) {
    const target = `/${version}/projects/my-project/locations/global/conversations/c`;
    assert.is(match(target).kind, 'not-found', version);
  }
});

test('a path of another shape is not found', () => {
  for (const target of [
    '/v2/project/my-project/locations/global/conversations/c',
    '/v2/projects/my-project/location/global/conversations/c',
    '/v2/projects/my-project/agent/global/conversations/c',
    '/v2/projects/my-project/conversations/c',
    '/v2/projects/my-project/locations/global',
    '/v2/projects/my-project',
    '/v2',
  ]) {
    assert.is(match(target).kind, 'not-found', target);
  }
});

test('the host follows the location', () => {
  assert.is(dialogflowOrigin('global'), 'https://dialogflow.googleapis.com');
  assert.is(dialogflowOrigin('europe-west2'), 'https://europe-west2-dialogflow.googleapis.com');
  for (const location of 'global us eu us-central1 northamerica-northeast1 europe-west10'.split(' ')) {
    const target = `/v2/projects/my-project/locations/${location}/conversations/c`;
    assert.is(match(target).kind, 'forward', location);
  }
});

const BAD_LOCATIONS = (
  "evil.example evil.example:8443 GLOBAL us_central1 us-central1- -us us-central123 1us us-central1.evil us' " +
  `us--west1 us- localhost:80 us%2Dwest1 %67lobal ${'a'.repeat(53)}`
).split(' ');

test('a location that is not one of Google Cloud is refused', () => {
  for (const location of BAD_LOCATIONS) {
    const result = match(`/v2/projects/my-project/locations/${location}/conversations/c`);
    assert.is(result.kind === 'refused' && result.status, 400, location);
  }
});

const BAD_SEGMENTS = [
  // empty, dots, wildcards, and several segments in one
  ...'. .. ... %2e %2E%2e .%2e a%2eb - a/ a//b /a a/../b a/./b ..; * a%2ab a;b a%3Bb'.split(' '),
  // delimiters
  ...'a%2fb a%2Fb a\\b a%5cb a%5C.. a%3fb a%3Fx a#b a%23b a@b a%40b a%3ab a%3Ab a%25b a%252e a%2Cb'.split(
    ' ',
  ),
  // broken escapes, controls, broken and overlong UTF-8
  ...'a% a%2 a%zz a%u002e a%00 a%0d%0ab a%1f a%7f a%09 a%20b %c2%85'.split(' '),
  ...'%c0%ae%c0%ae a%c0%af %e0%80%ae %ff %c2 %ed%a0%80 %f5%80%80%80'.split(' '),
  // what no URL has unescaped
  ...'a|b a"b a<b a>b a^b a`b a{b a}b a[b a]b é \u202e \u0000 a\tb a\r\nb'.split(' '),
  ...['', 'a b', 'a\u00a0b', '\ud800'],
];
test('a segment with anything but plain characters is refused, wherever it stands', () => {
  for (const segment of BAD_SEGMENTS) {
    for (const target of [
      `/${segment}/projects/my-project/locations/global/conversations/c`,
      `/v2/projects/${segment}/locations/global/conversations/c`,
      `/v2/projects/my-project/locations/${segment}/conversations/c`,
      `${BASE}/conversations/${segment}`,
      `${BASE}/conversations/${segment}/participants`,
      `${BASE}/conversationProfiles/${segment}`,
    ]) {
      const result = match(target);
      assert.is(result.kind === 'refused' && result.status, 400, target);
    }
  }
});

test('a target that is not a path is refused', () => {
  for (const target of [
    '',
    '*',
    'v2/projects',
    `http://evil.example${BASE}/conversations/c`,
    '//evil.example/v2',
  ]) {
    assert.is(match(target).kind, 'refused', target);
  }
});

test('a path or query beyond its limit is refused, one at the limit is not', () => {
  const path = `${BASE}/conversations/`;
  const longest = path.padEnd(MAX_PATH_LENGTH, 'c');
  assert.is(match(longest).kind, 'forward');
  assert.is(match(`${longest}c`).kind, 'refused');
  assert.is(match(`${path}c?${'q'.repeat(MAX_QUERY_LENGTH)}`).kind, 'forward');
  assert.is(match(`${path}c?${'q'.repeat(MAX_QUERY_LENGTH + 1)}`).kind, 'refused');
});

test('a query cannot change the method, the headers or the identity of the call', () => {
  const bad = [
    ...'$httpMethod=DELETE %24httpMethod=DELETE %24%68ttpMethod=PATCH a=1&$httpMethod=DELETE a=1;$ct=x'.split(
      ' ',
    ),
    ...'$HTTPMETHOD=PUT $httpHeaders=X-A%3Ab $ct=text/plain $userProject=p $callback=f $unknown'.split(' '),
    ...'callback=f access_token=t oauth_token=t bearer_token=t key=k quotaUser=u userProject=p ACCESS_TOKEN=t a=b#c a=\u00e9 a=\u0000'.split(
      ' ',
    ),
    'a=b c',
    // What the path says, said again.
    ...'parent=p name=n Name=n %70arent=p a=1&conversation=c participant.name=n answer_record.name=n'.split(
      ' ',
    ),
    ...'answerRecord=a participant=p conversation.id=1 stateless_conversation.parent=p'.split(' '),
  ];
  for (const query of bad) {
    const result = match(`${BASE}/conversations/c?${query}`);
    assert.is(result.kind === 'refused' && result.status, 400, query);
  }
  const good =
    'alt=json $alt=json fields=name $fields=a updateMask=a,b conversationId=c filter=parent=p a=$b ?? a[]="'.split(
      ' ',
    );
  for (const query of ['', ...good]) {
    assert.is(match(`${BASE}/conversations/c?${query}`).kind, 'forward', query);
  }
});

test('only a POST to :complete takes no body among the calls that may have one', () => {
  const takesBody = (method: string, tail: string) => {
    const result = match(`${BASE}/${tail}`, method);
    return result.kind === 'forward' && result.takesBody;
  };
  assert.not(takesBody('POST', 'conversations/c:complete'));
  assert.ok(takesBody('PATCH', 'conversations/c:complete'));
  assert.ok(takesBody('POST', 'conversations/c:complete/x'));
  assert.ok(takesBody('POST', 'conversations/c:ingestContextReferences'));
  assert.not(takesBody('HEAD', 'conversations/c'));
});

test.run();
