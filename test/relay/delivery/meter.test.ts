// What delivery counts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeliveryMeter, JoinFrom } from '../../../relay/delivery/member.ts';
import { Room } from '../../../relay/delivery/room.ts';
import type { LogPage } from '../../../shared/stream/event-log.ts';
import { START } from '../../../shared/stream/position.ts';
import type { LoggedEvent } from '../../../shared/stream/protocol.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { channelOf, eventText, HubFixture, makeMember } from './hub-fixture.ts';

const fixture = new HubFixture(test);

/** A meter, and everything that it was told. */
function makeMeter() {
  const counted: string[] = [];
  const meter: DeliveryMeter = {
    joined: (_from: JoinFrom, recovered) => counted.push(`joined ${recovered}`),
    delivered: (_kind, members) => counted.push(`delivered ${members}`),
    deliveredLive: (_message, members) => counted.push(`delivered live ${members}`),
    reset: (members) => counted.push(`reset ${members}`),
    read: () => counted.push('read'),
  };
  return { meter, counted, of: (what: string) => counted.filter((line) => line.startsWith(what)) };
}

const event = (epoch: string, offset: number): LoggedEvent => ({
  type: 'event',
  position: { epoch, offset, tag: `t${offset}` },
  previousTag: offset === 1 ? '0' : `t${offset - 1}`,
  kind: 'new-message-event',
  messageId: String(offset),
  json: '{}',
});

test('replayed and live events count once for each member that is given them', async () => {
  const { meter, of } = makeMeter();
  const made = fixture.makeHub({ meter });
  made.page.events = [event('e', 1)];
  made.page.top = event('e', 1).position;
  const conversation = uniqueConversation();
  for (let n = 0; n < 2; n++) await made.hub.join(conversation, makeMember().member, START).ready;
  made.hub.receive(channelOf(conversation), eventText(2, 't1'));
  assert.equal(of('delivered'), ['delivered 1', 'delivered 1', 'delivered live 2']);
});

test('a log that is lost counts one reset for each live member', async () => {
  const { meter, of } = makeMeter();
  const made = fixture.makeHub({ meter });
  const conversation = uniqueConversation();
  for (let n = 0; n < 2; n++) await made.hub.join(conversation, makeMember().member, START).ready;
  made.page.top = { epoch: 'another', offset: 0, tag: '0' };
  await made.hub.repair([channelOf(conversation)]);
  assert.equal(of('reset'), ['reset 2']);
});

test('a log that is lost in the middle of a replay counts one reset', async () => {
  const { meter, of } = makeMeter();
  const pages: LogPage[] = [
    { top: event('e', 2).position, events: [event('e', 1)], interims: 0, open: [] },
    { top: { epoch: 'another', offset: 0, tag: '0' }, events: [], interims: 0, open: [] },
  ];
  const room = new Room({
    read: async () => pages.shift() as LogPage,
    onBehind: () => {},
    pause: async () => {},
    meter,
  });
  await room.join(makeMember().member, START);
  assert.equal(of('joined'), ['joined true']);
  assert.equal(of('reset'), ['reset 1']);
});

test('a join after a lost position counts as not recovered and as no reset', async () => {
  const { meter, of } = makeMeter();
  const made = fixture.makeHub({ meter });
  const from = { epoch: 'lost', offset: 5, tag: 't5' };
  await made.hub.join(uniqueConversation(), makeMember().member, from).ready;
  assert.equal(of('joined'), ['joined false']);
  assert.equal(of('reset'), []);
});

test('a read of the log that fails is timed, too', async () => {
  const { meter, of } = makeMeter();
  const made = fixture.makeHub({ meter });
  made.failReads = 1;
  await made.hub.join(uniqueConversation(), makeMember().member, START).ready.catch(() => {});
  assert.equal(of('read'), ['read']);
});

test.run();
