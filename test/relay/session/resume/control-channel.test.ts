import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ControlChannel, controlChannelOf } from '../../../../relay/session/resume/control-channel.ts';

/** A relay that asks another one; `reached` has how many subscribers each of its messages reaches. */
function makeAsker(reached: number[]) {
  const sent: string[] = [];
  const asker = new ControlChannel({
    relay: 'asker',
    publish: async (channel, message) => {
      sent.push(channel);
      const count = reached.shift() ?? 0;
      if (count > 0) answer(message);
      return count;
    },
    probe: async () => 'alive',
  });
  const answer = (message: string) => {
    const { id } = JSON.parse(message) as { id: string };
    void asker.receive(JSON.stringify({ type: 'state', id, state: 'alive' }));
  };
  return { asker, sent };
}

test('a relay that answers is asked once', async () => {
  const { asker, sent } = makeAsker([1]);
  assert.is(await asker.ask('other', 'connection'), 'alive');
  assert.equal(sent, [controlChannelOf('other')]);
});

test('a relay that is not reached at first, because its channel moves, is not taken for gone', async () => {
  for (const reached of [
    [0, 1],
    [0, 0, 1],
  ]) {
    assert.is(await makeAsker(reached).asker.ask('other', 'connection'), 'alive');
  }
});

test('a relay that is never reached is gone', async () => {
  const { asker, sent } = makeAsker([]);
  assert.is(await asker.ask('other', 'connection'), 'gone');
  assert.is(sent.length, 3);
});

test('a Redis that refuses to publish says nothing about the other relay', async () => {
  const asker = new ControlChannel({
    relay: 'asker',
    publish: async () => {
      throw new Error('no permission');
    },
    probe: async () => 'alive',
  });
  assert.match(await asker.ask('other', 'connection').catch(String), /no permission/);
});

test('its own connections are tried without a message', async () => {
  const { asker, sent } = makeAsker([]);
  assert.is(await asker.ask('asker', 'connection'), 'alive');
  assert.equal(sent, []);
});

test.run();
