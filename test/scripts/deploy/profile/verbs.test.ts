// The client library of Dialogflow, over REST, on a stand-in for the service that keeps what it does not know.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wanted } from '../../../../scripts/deploy/profile/notification-configs.ts';
import { createProfilesClient } from '../../../../scripts/deploy/profile/profiles.ts';
import { VERBS } from '../../../../scripts/deploy/profile/verbs.ts';
import type { EventKind } from '../../../../shared/event.ts';
import { startFakeGcp } from '../../../helpers/fake-gcp/server.ts';

const PARENT = 'projects/demo-proj/locations/global';
const NAME = `${PARENT}/conversationProfiles/abc`;
const TWO = new Map<EventKind, string>([
  ['human-agent-assistant-event', 'suggestions'],
  ['new-message-event', 'messages'],
]);

async function withProfiles(
  then: (
    go: (verb: string, id?: string) => Promise<string>,
    fake: Awaited<ReturnType<typeof startFakeGcp>>,
  ) => Promise<void>,
) {
  const fake = await startFakeGcp();
  const endpoint = fake.env('/nowhere', 'demo-proj').CLOUDSDK_API_ENDPOINT_OVERRIDES_DIALOGFLOW;
  const go = async (verb: string, id?: string) => {
    const selector = { projectId: 'demo-proj', location: 'global', id, displayName: 'Desk' };
    const client = createProfilesClient(selector, 'token', endpoint);
    try {
      return (await VERBS[verb]?.({ client, selector, want: wanted(TWO, 'demo-proj') })) ?? '';
    } finally {
      await client.close();
    }
  };
  try {
    await then(go, fake);
    assert.equal(fake.astray, []);
  } finally {
    await fake.close();
  }
}

/** As it may stand in a project: PROTO by default, a topic of somebody else's, and fields newer than the library. */
const existing = () => ({
  name: NAME,
  displayName: 'Desk',
  languageCode: 'fr-FR',
  fieldOfNextYear: { kept: true },
  newMessageEventNotificationConfig: { topic: 'projects/demo-proj/topics/messages' },
  newRecognitionResultNotificationConfig: { topic: 'projects/other/topics/theirs', messageFormat: 'PROTO' },
  humanAgentAssistantConfig: { humanAgentSuggestionConfig: { disableHighLatencyFeaturesSyncDelivery: true } },
});

test('what will change is shown, line by line', () =>
  withProfiles(async (go, fake) => {
    fake.state.resources.set(NAME, existing());
    assert.is(
      await go('diff', 'abc'),
      [
        NAME,
        '  human_agent_assistant_config.notification_config.topic: (none) -> projects/demo-proj/topics/suggestions',
        '  human_agent_assistant_config.notification_config.message_format: MESSAGE_FORMAT_UNSPECIFIED -> JSON',
        '  new_message_event_notification_config.message_format: MESSAGE_FORMAT_UNSPECIFIED -> JSON',
      ].join('\n'),
    );
    assert.equal(fake.state.resources.get(NAME), existing());
  }));

test('an update touches only the configs of the wanted kinds', () =>
  withProfiles(async (go, fake) => {
    fake.state.resources.set(NAME, existing());
    await go('apply', 'abc');
    const config = (topic: string) => ({
      topic: `projects/demo-proj/topics/${topic}`,
      messageFormat: 'JSON',
    });
    assert.equal(fake.state.resources.get(NAME), {
      ...existing(),
      newMessageEventNotificationConfig: config('messages'),
      humanAgentAssistantConfig: {
        ...existing().humanAgentAssistantConfig,
        notificationConfig: config('suggestions'),
      },
    });
    const writes = fake.requests.filter(({ method }) => method !== 'GET').length;
    await go('apply', 'abc');
    assert.is(fake.requests.filter(({ method }) => method !== 'GET').length, writes, 'nothing left to write');
  }));

test('a profile is found by its display name, and made when there is none', () =>
  withProfiles(async (go, fake) => {
    await go('show').then(
      () => assert.unreachable('there is no profile yet'),
      (error: Error) => assert.match(error.message, 'NOT_FOUND'),
    );
    assert.match(await go('diff'), 'a new profile "Desk"');
    await go('apply');
    await go('apply');
    assert.is([...fake.state.resources.keys()].length, 1);
    const shown = JSON.parse(await go('show'));
    assert.equal(shown.targets['new-message-event'], {
      topic: 'projects/demo-proj/topics/messages',
      messageFormat: 'JSON',
    });
    assert.is(shown.targets['conversation-lifecycle-event'].topic, '', 'a kind that is not wanted');
  }));

test('clearing takes out the topics of the deployment and leaves those of others', () =>
  withProfiles(async (go, fake) => {
    fake.state.resources.set(NAME, existing());
    await go('apply', 'abc');
    await go('clear', 'abc');
    const { newMessageEventNotificationConfig: _, ...rest } = existing();
    assert.equal(fake.state.resources.get(NAME), rest);
    await go('delete', 'abc');
    assert.is(fake.state.resources.size, 0);
  }));

test('an id that does not exist is an error', () =>
  withProfiles(async (go) => {
    await go('apply', 'nothing').then(
      () => assert.unreachable('there is no such profile'),
      (error: Error) => assert.match(error.message, 'NOT_FOUND'),
    );
  }));

test.run();
