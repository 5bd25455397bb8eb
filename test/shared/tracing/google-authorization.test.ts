import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { googleAuthorization, isGoogleReceiver } from '../../../shared/tracing/google-authorization.ts';
import { Fixture } from '../../helpers/fixture.ts';

const fixture = new Fixture(test);

test("only Google's own receiver is sent an access token", () => {
  assert.ok(isGoogleReceiver('https://telemetry.googleapis.com'));
  assert.ok(isGoogleReceiver('https://telemetry.googleapis.com/'));
  for (const other of [
    'http://telemetry.googleapis.com',
    'https://telemetry.googleapis.com.example',
    'http://localhost:4318',
  ])
    assert.not.ok(isGoogleReceiver(other), other);
});

test('the token is that of the metadata server, and there is none without one', async () => {
  let status = 200;
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers['metadata-flavor']]);
    response.writeHead(status).end('{"access_token":"ya29.token","expires_in":3599,"token_type":"Bearer"}');
  });
  const host = `127.0.0.1:${await fixture.listen(server)}`;
  assert.equal(await googleAuthorization(host), { authorization: 'Bearer ya29.token' });
  assert.equal(asked, [['/computeMetadata/v1/instance/service-accounts/default/token', 'Google']]);
  status = 404;
  assert.equal(await googleAuthorization(host), {});
  assert.equal(await googleAuthorization('127.0.0.1:1'), {});
});

test.run();
