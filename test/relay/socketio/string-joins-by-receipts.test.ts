// Where a page that joins by name goes on whose client gets no offsets: receipts tell, and for old clients the first id.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLIENTS, type ClientVersion } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { CutFixture } from './cut-fixture.ts';

const fixture = new CutFixture(test);

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  test(`a Node client that is cut goes on at what it has confirmed (${client})`, async () => {
    const { page, conversation } = await fixture.pageWithOne({ client });
    await fixture.cutAndPublish(page, conversation, '2');
    assert.equal(page.messageIds(), ['1', '2']);
  });
}

test('an old client in a new page gets the conversation so far', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const page = await fixture.cuttablePage(conversation, { client: '3.0.4', token });
  await fixture.publish(conversation, { messageId: '1' });
  await page.received(1);
  await fixture.confirmed(conversation);
  page.close();
  const next = await fixture.cuttablePage(conversation, { client: '3.0.4', token });
  await next.received(1);
  assert.equal(next.messageIds(), ['1']);
});

test('two old tabs of one token that break at different places both lose nothing', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const fast = await fixture.cuttablePage(conversation, { token, client: '3.0.4' });
  await fixture.publish(conversation, { messageId: '1' });
  await fast.received(1);
  const slow = await fixture.cuttablePage(conversation, { token, client: '3.0.4' });
  await fixture.publish(conversation, { messageId: '2' });
  for (const page of [fast, slow]) await page.received(2);
  await fixture.confirmed(conversation);
  for (const messageId of ['3', '4', '5']) {
    fixture.proxy.cut();
    await fixture.publish(conversation, { messageId });
    for (const page of [fast, slow]) await until(() => page.messageIds().includes(messageId));
  }
  for (const page of [fast, slow]) assert.equal([...new Set(page.messageIds())], ['1', '2', '3', '4', '5']);
});

test('an old client that leaves gets the conversation so far after a cut', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const page = await fixture.cuttablePage(conversation, { client: '3.0.4', token });
  const other = await fixture.cuttablePage(conversation, { client: '3.0.4', token });
  await fixture.publish(conversation, { messageId: '1' });
  for (const each of [page, other]) await each.received(1);
  await fixture.confirmed(conversation);
  await page.ask('leave-conversation', conversation);
  fixture.proxy.cut();
  await page.received(2);
  assert.equal(page.messageIds(), ['1', '1']);
});

test('an old tab beside one without acknowledgements loses nothing', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const away = await fixture.cuttablePage(conversation, { client: '3.0.4', token });
  const other = fixture.openDesktop({ client: '3.0.4', token });
  other.socket.on('connect', () => void other.socket.emit('join-conversation', conversation));
  await other.connected();
  await fixture.publish(conversation, { messageId: '1' });
  for (const page of [away, other]) await page.received(1);
  away.socket.disconnect();
  await fixture.publish(conversation, { messageId: '2' });
  await other.received(2);
  await sleep(2_500); // longer than the relay takes to write where the other one is
  away.socket.connect();
  await until(() => away.messageIds().includes('2'));
});

test('two old tabs that come to share another token both lose nothing', async () => {
  const conversation = uniqueConversation();
  let token = fixture.token();
  const auth = ((answer: (auth: object) => void) => answer({ token })) as never;
  const tabs = [
    await fixture.cuttablePage(conversation, { client: '3.0.4', auth }),
    await fixture.cuttablePage(conversation, { client: '3.0.4', auth }),
  ] as const;
  token = fixture.token();
  for (const tab of tabs) {
    tab.socket.disconnect().connect();
    await until(() => tab.answers.length === 2);
  }
  const [away, other] = tabs;
  away.socket.disconnect();
  await fixture.publish(conversation, { messageId: '1' });
  await until(() => other.messageIds().includes('1'));
  await sleep(2_500); // until the relay has written where the other one is
  away.socket.connect();
  await until(() => away.messageIds().includes('1'));
});

test.run();
