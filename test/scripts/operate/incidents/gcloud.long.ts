// The same trace with the token of the real gcloud, whose requests go to the stand-in.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withGcloud } from '../../../helpers/gcloud.ts';
import { uniqueConversation } from '../../../helpers/redis.ts';
import { IncidentFixture } from './incident-fixture.ts';
import { assertNamed, runbookRow } from './runbook.ts';

const fixture = new IncidentFixture(test);

withGcloud('with gcloud the trace asks Google for topics, logs and dead letters', async () => {
  const row = runbookRow('wrong topic');
  const relay = await fixture.startRelay();
  const conversation = uniqueConversation();
  await fixture.joined(relay, conversation);
  const topic = 'projects/demo-project/topics/my-own-topic';
  fixture.google.editProfile({ newMessageEventNotificationConfig: { topic, messageFormat: 'PROTO' } });
  const ended = await fixture.run(row.command, conversation, relay, {
    ...fixture.gcloudEnv(),
    HOME: fixture.directory(),
  });
  assertNamed(row, ended);
  assert.match(ended.output, /^FAULT profile: the profile publishes new-message-event as PROTO/m);
  assert.match(ended.output, /^ok {4}dead letters: none names the conversation$/m);
  assert.not.match(ended.output, /not looked at|an-access-token/);
});

test.run();
