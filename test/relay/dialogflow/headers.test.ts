import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientHeaders, isJson, upstreamHeaders } from '../../../relay/dialogflow/headers.ts';

test('a call without a body names neither its type nor its length', () => {
  const client = { 'content-type': 'application/json', 'content-length': '7' };
  assert.equal(Object.keys(upstreamHeaders(client, false, {})), ['accept', 'user-agent', 'accept-encoding']);
  assert.is(upstreamHeaders(client, true, {})['content-length'], '7');
});

test('the credentials win over whatever a client sends', () => {
  const client = { authorization: 'theirs', 'x-goog-user-project': 'theirs' };
  const headers = upstreamHeaders(client, true, { authorization: 'ours' });
  assert.is(headers.authorization, 'ours');
  assert.not.match(JSON.stringify(headers), /theirs/);
});

test('an Accept-Encoding that is no plain text asks for no encoding', () => {
  assert.is(upstreamHeaders({ 'accept-encoding': 'gzip\u00e9' }, false, {})['accept-encoding'], 'identity');
});

test('JSON is told by the media type alone', () => {
  for (const type of [
    'application/json',
    'Application/JSON ; charset=utf-8',
    'application/problem+json',
    'application/json;',
  ]) {
    assert.ok(isJson(type), type);
  }
  for (const type of [
    undefined,
    '',
    'json',
    'application/json2',
    'application/xml',
    'text/json',
    'xapplication/json',
    'application/json, x',
  ]) {
    assert.not(isJson(type), type);
  }
});

test('Vary is the union of both sides, each header once', () => {
  assert.is(
    clientHeaders({ vary: 'origin, X-Origin' }, { vary: 'Origin, Accept' }).vary,
    'origin, Accept, X-Origin',
  );
  assert.is(clientHeaders({ vary: '*' }, {}).vary, '*');
  assert.is(clientHeaders({}, { vary: 'Origin' }).vary, undefined, 'the reply keeps its own');
});

test('every header that Connection names is dropped', () => {
  const upstream = { connection: 'close, X-One , x-two', 'x-one': '1', 'x-two': '2', 'x-three': '3' };
  assert.equal(clientHeaders(upstream, {}), { 'x-three': '3' });
});

test.run();
