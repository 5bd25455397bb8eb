// What is refused before a stream is opened.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_CREDENTIALS } from '../../../../relay/google/credentials.ts';
import { STREAM_LIMITS } from '../../../../relay/streams/limits.ts';
import { webChannelOpener } from '../../../../relay/streams/webchannel/open-channel.ts';
import { failureOf, METHOD } from './scripted-upstream.ts';

test('an unknown method and a location that is none are refused without a request', async () => {
  const dispatcher = { request: () => assert.unreachable() } as never;
  const open = webChannelOpener({
    endpoint: undefined,
    credentials: NO_CREDENTIALS,
    dispatcher,
    limits: STREAM_LIMITS,
  });
  for (const method of ['toString', 'streaming_detect_intent', '']) {
    assert.is(await failureOf(open({ method, location: 'global' })), '3 the method is not known');
  }
  for (const location of ['evil.example/', 'us.', '', 'US']) {
    assert.is(await failureOf(open({ method: METHOD, location })), '3 the location is not valid');
  }
});

test.run();
