import type { EventKind } from '../../../shared/event.ts';
import { type Argv, at, json, type Reading, type Step } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { functionName } from '../settings/names.ts';
import { binding } from './predicates.ts';
import { PUBSUB_AGENT } from './service-agents.ts';

const FIRST_RETRY = '1s';
const LONGEST_PAUSE = '60s';
/**
 * As many as Pub/Sub takes. At these pauses they last for an hour and a half: an outage of Redis that is shorter sends
 * nothing to the dead letters. Sources: Pub/Sub, "Dead-letter topics", "maximum delivery attempts" (5 to 100); Eventarc,
 * "Retry events".
 */
const ATTEMPTS = 100;

/** Pub/Sub's limits for an ack deadline: 10 to 600 s. A function that may still be working must not be called again. */
function ackDeadline(settings: DeploySettings): number {
  return Math.max(10, settings.functionTimeout);
}

/**
 * Tunes the subscription that Eventarc made for each function. Its own first retry comes after 10 s, too late for a live
 * conversation, and it has no dead letters.
 */
export function subscriptionsStep(settings: DeploySettings): Step {
  const { deadLetterTopic } = settings;
  return {
    key: 'subscriptions',
    title: 'Tune the subscriptions of the functions',
    needs: ['topics', 'functions'],
    permissions: [
      'eventarc.triggers.get',
      'pubsub.subscriptions.get',
      'pubsub.subscriptions.update',
      'pubsub.subscriptions.getIamPolicy',
      'pubsub.subscriptions.setIamPolicy',
    ],
    tasks: [...settings.topics.keys()].flatMap((kind) => {
      const subscription = `{{${subscriptionLookup(kind)}}}`;
      const differences = ([reading]: readonly Reading[]) => tuningDifferences(json(reading), settings);
      return [
        {
          title: `subscription of ${kind}`,
          reads: [['gcloud', 'pubsub', 'subscriptions', 'describe', subscription, '--format=json']],
          isDone: (readings: readonly Reading[]) => differences(readings).length === 0,
          differences,
          change: {
            argv: [
              'gcloud',
              'pubsub',
              'subscriptions',
              'update',
              subscription,
              `--ack-deadline=${ackDeadline(settings)}`,
              `--min-retry-delay=${FIRST_RETRY}`,
              `--max-retry-delay=${LONGEST_PAUSE}`,
              `--dead-letter-topic=${deadLetterTopic}`,
              `--max-delivery-attempts=${ATTEMPTS}`,
              '--expiration-period=never',
            ],
          },
        },
        binding({
          title: `dead letters of ${kind} for Pub/Sub`,
          resource: ['pubsub', 'subscriptions'],
          target: [subscription],
          member: PUBSUB_AGENT,
          role: 'roles/pubsub.subscriber',
        }),
      ];
    }),
  };
}

function tuningDifferences(found: unknown, settings: DeploySettings): string[] {
  const { deadLetterTopic, projectId } = settings;
  if (found === undefined) return ['is not there'];
  const deadLetters = `projects/${projectId}/topics/${deadLetterTopic}`;
  // "never" is a policy without a ttl; no policy at all means 31 days.
  const expires =
    at(found, 'expirationPolicy') === undefined || at(found, 'expirationPolicy', 'ttl') !== undefined;
  const facts: readonly (readonly [boolean, string])[] = [
    [at(found, 'ackDeadlineSeconds') === ackDeadline(settings), 'has another ack deadline'],
    [
      at(found, 'retryPolicy', 'minimumBackoff') === FIRST_RETRY &&
        at(found, 'retryPolicy', 'maximumBackoff') === LONGEST_PAUSE,
      'has other pauses between retries',
    ],
    [
      at(found, 'deadLetterPolicy', 'deadLetterTopic') === deadLetters &&
        at(found, 'deadLetterPolicy', 'maxDeliveryAttempts') === ATTEMPTS,
      `sends no dead letters to ${deadLetterTopic} after ${ATTEMPTS} attempts`,
    ],
    [!expires, 'expires when it is not used'],
  ];
  return facts.filter(([isRight]) => !isRight).map(([, difference]) => difference);
}

/** The name of the lookup that finds the trigger's subscription. */
export function subscriptionLookup(kind: EventKind): string {
  return `SUBSCRIPTION_${kind.toUpperCase().replaceAll('-', '_')}`;
}

/** Lookups of a kind's trigger and of the subscription that Eventarc made for it. */
export function triggerLookups(settings: DeploySettings, kind: EventKind): Record<string, Argv> {
  const { region, functionNetwork } = settings;
  const name = functionName(settings, kind);
  const subscription = subscriptionLookup(kind);
  const subscriptionOf = (...trigger: string[]) => [
    'gcloud',
    'eventarc',
    'triggers',
    'describe',
    ...trigger,
    '--format=value(transport.pubsub.subscription)',
  ];
  if (functionNetwork === 'direct') return { [subscription]: subscriptionOf(name, `--location=${region}`) };
  const trigger = subscription.replace('SUBSCRIPTION', 'TRIGGER');
  const describe = ['gcloud', 'functions', 'describe', name, '--gen2', `--region=${region}`];
  return {
    [trigger]: [...describe, '--format=value(eventTrigger.trigger)'],
    [subscription]: subscriptionOf(`{{${trigger}}}`),
  };
}
