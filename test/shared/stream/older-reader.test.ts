// During a deploy a relay reads what a newer function writes. This is the parser of headers from before traces.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerOf, parseChannelMessage } from '../../../shared/stream/protocol.ts';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const KIND = 'new-message-event';

const OLD_HEADER_LINE = /^(\S+) (\S+) (\d{1,15}) (\S+) (\S+) (.+)$/;

function parseAsBefore(text: string) {
  const end = text.indexOf('\n');
  const [, version, epoch, offset, tag, extra, rest = ''] = OLD_HEADER_LINE.exec(text.slice(0, end)) ?? [];
  const [kind, messageId = ''] = rest.split(' ');
  return {
    version,
    epoch,
    offset,
    tag,
    extra,
    kind,
    messageId: decodeURIComponent(messageId),
    json: text.slice(end + 1),
  };
}

for (const messageId of ['71', 'a b', '']) {
  test(`an older reader reads a traced event with the id ${JSON.stringify(messageId)}`, () => {
    for (const start of ['1e ep 7 t7 t6', '1i ep 7 t7 3']) {
      const plain = `${start} ${headerOf({ kind: KIND, messageId })}\n{"a":1}`;
      const traced = `${start} ${headerOf({ kind: KIND, messageId, traceparent: TRACEPARENT })}\n{"a":1}`;
      assert.equal(parseAsBefore(traced), parseAsBefore(plain));
      assert.equal(parseChannelMessage(traced), { ...parseChannelMessage(plain), traceparent: TRACEPARENT });
    }
  });
}

test('what stands in the place of a traceparent and is none is passed over', () => {
  const plain = parseChannelMessage(`1e ep 7 t7 t6 ${KIND} 5\n{}`);
  for (const other of ['more', `${TRACEPARENT}-more`, TRACEPARENT.replace('00-a', 'ff-a')])
    assert.equal(parseChannelMessage(`1e ep 7 t7 t6 ${KIND} 5 ${other}\n{}`), plain);
});

test.run();
