// A call through the whole system, and all that can go wrong with one, with everything that is secret marked.
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../shared/event.ts';
import { makePush } from '../functions/deployed-functions.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { exchange } from '../helpers/raw-http.ts';
import { NativeDesktop } from '../relay/websocket/native-desktop.ts';
import { CONVERSATION, PROJECT, SECRETS } from './marked.ts';
import { type MarkedWorld, markedPush } from './marked-fixture.ts';

/** A call as it should be. */
export async function goWell(world: MarkedWorld): Promise<void> {
  const { token } = world;
  for (const conversationIntegrationKey of [`+${SECRETS.phone}`, SECRETS.integrationKey]) {
    const body = JSON.stringify({ conversationIntegrationKey, conversationName: CONVERSATION });
    assert.is(await world.call('POST', '/conversation-name', body), 200);
    const query = `/conversation-name?conversationIntegrationKey=${conversationIntegrationKey}`;
    assert.is(await world.call('GET', query), 200);
  }
  const desktop = await new TestDesktop(world.relay.url, token).connected();
  await desktop.join(CONVERSATION);
  const native = new NativeDesktop(world.relay.url);
  await native.ready(token);
  await native.join(CONVERSATION);
  for (const kind of EVENT_KINDS) assert.is((await world.deployed.deliver(kind, markedPush())).status, 204);
  await desktop.received(EVENT_KINDS.length);
  assert.match(JSON.stringify(desktop.events), SECRETS.transcript);
  await native.received(EVENT_KINDS.length);
  desktop.close();
  native.socket.close();
}

/** Everything that a caller can get wrong, with what is secret where it should not be. */
export async function goWrong(world: MarkedWorld): Promise<void> {
  const { malformed, forged, query, phone, frame, origin, credential } = SECRETS;
  for (const kind of EVENT_KINDS) {
    const datas = [
      `{"conversation":"${malformed}"}`,
      `{"a":"${malformed}`,
      malformed,
      `{"conversation":{"${malformed}":1}}`,
    ];
    for (const data of [...datas, `{"conversation":"${CONVERSATION}","x":"${malformed.repeat(2_000)}"}`]) {
      await world.deployed.deliver(kind, makePush(data, { attributes: { a: malformed } }));
    }
    for (const body of [
      `{"message":"${malformed}"}`,
      `{"message":{"data":"${malformed}*"}}`,
      `{"${malformed}`,
      malformed,
    ]) {
      await world.deployed.post(kind, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${forged}` },
        body,
      });
    }
  }
  for (const authorization of [forged, `Bearer ${forged}`, `Basic ${credential}`]) {
    assert.is(
      await world.call('GET', `/conversation-name?conversationIntegrationKey=${phone}`, undefined, {
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
    await world.call('POST', '/conversation-name', body);
    await world.call('POST', '/register', body, { authorization: forged });
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
    await world.call('GET', path, undefined, {
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
    await world.call('POST', `${base}/${path}`, JSON.stringify({ textInput: SECRETS.transcript }));
  }
  await exchange(world.relay.port, `GET /${query} HTTP/1.1\r\nHost: x\r\nAuthorization ${forged}\r\n\r\n`);
  await exchange(world.relay.port, `${query} / HTTP/9\r\n\r\n`);

  await new TestDesktop(world.relay.url, forged).connected().catch(() => {});
  const desktop = await new TestDesktop(world.relay.url, world.token).connected();
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
    const native = new NativeDesktop(world.relay.url);
    await native.opened();
    for (const each of frames) native.socket.send(each);
    await native.closed;
  }
}

/** The same once Redis is gone. */
export async function goOnWithoutRedis(world: MarkedWorld): Promise<void> {
  const desktop = await new TestDesktop(world.relay.url, world.token).connected();
  const native = new NativeDesktop(world.relay.url);
  await native.ready(world.token);
  await world.redis.stop();
  const statuses = await Promise.all(EVENT_KINDS.map((kind) => world.deployed.deliver(kind, markedPush())));
  assert.ok(statuses.every(({ status }) => status >= 500));
  const body = JSON.stringify({ conversationIntegrationKey: SECRETS.phone, conversationName: CONVERSATION });
  assert.is(await world.call('POST', '/conversation-name', body), 503);
  assert.is(
    await world.call('GET', `/conversation-name?conversationIntegrationKey=${SECRETS.integrationKey}`),
    503,
  );
  desktop.socket.emit('join-conversation', CONVERSATION);
  assert.is((await native.join(`projects/${PROJECT}/conversations/other`)).type, 'error');
  desktop.close();
  native.socket.close();
}
