// A call through the whole system, and all that can go wrong with one, with everything that is secret marked.
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../shared/event.ts';
import { makePush } from '../functions/deployed-functions.ts';
import { exchange } from '../helpers/raw-http.ts';
import { CONVERSATION, PROJECT, SECRETS } from './marked.ts';
import { type MarkedFixture, markedPush } from './marked-fixture.ts';

/** A call as it should be. */
export async function goWell(fixture: MarkedFixture): Promise<void> {
  for (const conversationIntegrationKey of [`+${SECRETS.phone}`, SECRETS.integrationKey]) {
    const body = JSON.stringify({ conversationIntegrationKey, conversationName: CONVERSATION });
    assert.is(await fixture.call('POST', '/conversation-name', body), 200);
    const query = `/conversation-name?conversationIntegrationKey=${conversationIntegrationKey}`;
    assert.is(await fixture.call('GET', query), 200);
  }
  const desktop = await fixture.desktop();
  await desktop.join(CONVERSATION);
  const native = await fixture.nativeDesktop();
  await native.ready(fixture.token);
  await native.join(CONVERSATION);
  for (const kind of EVENT_KINDS) assert.is((await fixture.deployed.deliver(kind, markedPush())).status, 204);
  await desktop.received(EVENT_KINDS.length);
  assert.match(JSON.stringify(desktop.events), SECRETS.transcript);
  await native.received(EVENT_KINDS.length);
  desktop.close();
  native.close();
}

/** Everything that a caller can get wrong, with what is secret where it should not be. */
export async function goWrong(fixture: MarkedFixture): Promise<void> {
  const { malformed, forged, query, phone, frame, origin, credential } = SECRETS;
  for (const kind of EVENT_KINDS) {
    const datas = [
      `{"conversation":"${malformed}"}`,
      `{"a":"${malformed}`,
      malformed,
      `{"conversation":{"${malformed}":1}}`,
    ];
    for (const data of [...datas, `{"conversation":"${CONVERSATION}","x":"${malformed.repeat(2_000)}"}`]) {
      await fixture.deployed.deliver(kind, makePush(data, { attributes: { a: malformed } }));
    }
    for (const body of [
      `{"message":"${malformed}"}`,
      `{"message":{"data":"${malformed}*"}}`,
      `{"${malformed}`,
      malformed,
    ]) {
      await fixture.deployed.post(kind, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${forged}` },
        body,
      });
    }
  }
  for (const authorization of [forged, `Bearer ${forged}`, `Basic ${credential}`]) {
    assert.is(
      await fixture.call('GET', `/conversation-name?conversationIntegrationKey=${phone}`, undefined, {
        authorization,
      }),
      401,
    );
  }
  for (const body of [
    `{"${malformed}`,
    malformed,
    `"${malformed}"`,
    `{"conversationIntegrationKey":"${phone}","conversationName":"${malformed}"}`,
    malformed.repeat(2_000),
  ]) {
    await fixture.call('POST', '/conversation-name', body);
    await fixture.call('POST', '/register', body, { authorization: forged });
  }
  const base = `/v2/projects/${PROJECT}/locations/global`;
  for (const path of [
    `/nowhere?token=${query}`,
    `/${query}`,
    `/status?access_token=${query}`,
    `/%${query}`,
    `/socket.io/?token=${query}`,
    `/ws?token=${query}`,
    `${base}/${query}`,
  ]) {
    await fixture.call('GET', path, undefined, {
      origin: `https://${origin}.example`,
      cookie: `a=${credential}`,
      'x-api-key': credential,
    });
  }
  for (const path of [
    'conversations/c:suggest',
    'conversations/broken:suggest',
    `answers/${phone}`,
    'conversations/..%2f',
  ]) {
    await fixture.call('POST', `${base}/${path}`, JSON.stringify({ textInput: SECRETS.transcript }));
  }
  await exchange(fixture.relay.port, `GET /${query} HTTP/1.1\r\nHost: x\r\nAuthorization ${forged}\r\n\r\n`);
  await exchange(fixture.relay.port, `${query} / HTTP/9\r\n\r\n`);

  await fixture.desktop(forged).catch(() => {});
  const desktop = await fixture.desktop();
  for (const argument of [
    frame,
    { conversation: frame },
    { conversation: CONVERSATION, after: frame },
    [frame],
    1,
  ]) {
    assert.is((await desktop.join(argument))[0], false);
  }
  desktop.socket.emit(frame, frame);
  desktop.close();
  for (const frames of [
    [`{"${frame}`, frame],
    [`{"type":"auth","token":"${forged}"}`],
    [`{"type":"${frame}"}`, frame.repeat(2_000)],
    [Buffer.from(frame), frame],
  ]) {
    const native = await fixture.nativeDesktop();
    for (const each of frames) native.socket.send(each);
    await native.closed;
  }
}

/** The same once Redis is gone. */
export async function goOnWithoutRedis(fixture: MarkedFixture): Promise<void> {
  const desktop = await fixture.desktop();
  const native = await fixture.nativeDesktop();
  await native.ready(fixture.token);
  await fixture.server.stop();
  const statuses = await Promise.all(EVENT_KINDS.map((kind) => fixture.deployed.deliver(kind, markedPush())));
  assert.ok(statuses.every(({ status }) => status >= 500));
  const body = JSON.stringify({ conversationIntegrationKey: SECRETS.phone, conversationName: CONVERSATION });
  assert.is(await fixture.call('POST', '/conversation-name', body), 503);
  assert.is(
    await fixture.call('GET', `/conversation-name?conversationIntegrationKey=${SECRETS.integrationKey}`),
    503,
  );
  desktop.socket.emit('join-conversation', CONVERSATION);
  assert.is((await native.join(`projects/${PROJECT}/conversations/other`)).type, 'error');
  desktop.close();
  native.close();
}
