import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publishedAt } from '../../../relay/metrics/publish-time.ts';
import { makeEvent, makeInterim } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';

const conversation = uniqueConversation();
const publishTime = '2026-03-04T05:06:07.089Z';
const AT = Date.parse(publishTime);

test('the publish time of every kind of envelope is found', () => {
  assert.is(publishedAt(makeEvent(conversation, { publishTime }).json), AT);
  assert.is(publishedAt(makeInterim(conversation, { message: 'm' }, { publishTime }).json), AT);
});

test('whole seconds, nanoseconds and an offset to UTC are understood', () => {
  const at = (time: string) => publishedAt(makeEvent(conversation, { publishTime: time }).json);
  assert.is(at('2026-03-04T05:06:07Z'), AT - 89);
  assert.is(at('2026-03-04T05:06:07.089123456Z'), AT);
  assert.is(at('2026-03-04T06:06:07.089+01:00'), AT);
});

test('what a customer said is never taken for the publish time', () => {
  const text = '","publish_time":"1999-01-01T00:00:00Z","x":"';
  const event = makeEvent(conversation, {
    publishTime,
    data: { text, publish_time: '1999-01-01T00:00:00Z' },
  });
  assert.is(publishedAt(event.json), AT);
  const interim = makeInterim(conversation, { message: text, participant: text }, { publishTime });
  assert.is(publishedAt(interim.json), AT);
});

test('an envelope without a usable publish time answers NaN', () => {
  for (const json of ['{}', '', '{"publish_time":""}', '{"publish_time":"20260304"}', '{"publish_time":"'])
    assert.ok(Number.isNaN(publishedAt(json)), json);
  assert.ok(Number.isNaN(publishedAt('{"publish_time":"2026-99-99T99:99:99Z"}')));
});

test.run();
