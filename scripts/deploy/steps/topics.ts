import type { Step, Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { deadLetterSubscription } from '../settings/names.ts';
import { noteTopic } from './notes.ts';
import { OWNED_FLAG, sharesProject, undoLabelled } from './ownership.ts';
import { binding, exists } from './predicates.ts';
import { DIALOGFLOW_AGENT, PUBSUB_AGENT } from './service-agents.ts';

export function topicsStep(settings: DeploySettings): Step {
  const publish = (topic: string, title: string, member: string) =>
    binding({
      title,
      resource: ['pubsub', 'topics'],
      target: [topic],
      member,
      role: 'roles/pubsub.publisher',
    });
  const { deadLetterTopic } = settings;
  const subscription = deadLetterSubscription(settings);
  const read = ['gcloud', 'pubsub', 'subscriptions', 'describe', subscription, '--format=json'];
  return {
    key: 'topics',
    title: 'Create the topics, and let Dialogflow publish to them',
    needs: ['apis', 'accounts'],
    permissions: [
      'pubsub.topics.create',
      'pubsub.topics.get',
      'pubsub.topics.getIamPolicy',
      'pubsub.topics.setIamPolicy',
      'pubsub.topics.attachSubscription',
      'pubsub.subscriptions.create',
      'pubsub.subscriptions.get',
    ],
    tasks: [
      ...[...settings.topics.values()].flatMap((topic) => [
        topicTask(topic),
        publish(topic, `Dialogflow on ${topic}`, DIALOGFLOW_AGENT),
      ]),
      topicTask(deadLetterTopic),
      publish(deadLetterTopic, `Pub/Sub on ${deadLetterTopic}`, PUBSUB_AGENT),
      // Without a subscription, what arrives at a topic is gone.
      {
        title: `subscription of ${deadLetterTopic}`,
        reads: [read],
        isDone: exists,
        change: {
          argv: [
            'gcloud',
            'pubsub',
            'subscriptions',
            'create',
            subscription,
            `--topic=${deadLetterTopic}`,
            '--message-retention-duration=7d',
            '--expiration-period=never',
            OWNED_FLAG,
          ],
        },
        undo: undoLabelled({
          title: `subscription ${subscription}`,
          read,
          argv: ['gcloud', 'pubsub', 'subscriptions', 'delete', subscription],
          permissions: ['pubsub.subscriptions.delete'],
        }),
      },
      ...(sharesProject(settings) ? [topicTask(noteTopic(settings), { isShared: true })] : []),
    ],
  };
}

function topicTask(topic: string, { isShared = false } = {}): Task {
  const read = ['gcloud', 'pubsub', 'topics', 'describe', topic, '--format=json'];
  return {
    title: `topic ${topic}`,
    reads: [read],
    isDone: exists,
    change: { argv: ['gcloud', 'pubsub', 'topics', 'create', topic, OWNED_FLAG] },
    undo: undoLabelled({
      title: `topic ${topic}`,
      read,
      argv: ['gcloud', 'pubsub', 'topics', 'delete', topic],
      permissions: ['pubsub.topics.delete'],
      isShared,
    }),
  };
}
