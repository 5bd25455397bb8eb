// What can carry no label of its own is noted on a topic before it is made, so that a teardown knows who made it.

import { type Argv, at, json, type Reading } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { sharesProject } from './ownership.ts';

/** Several deployments of one project note there what they share. Nothing is ever published to it. */
const SHARED_NOTES_TOPIC = 'aa-shared-notes';

/** The topic that notes what outlives this deployment where others share it. */
export function noteTopic(settings: DeploySettings): string {
  return sharesProject(settings) ? SHARED_NOTES_TOPIC : settings.deadLetterTopic;
}

export interface Note {
  read: Argv;
  write: Argv;
  /** Whether it is on the topic that {@link read} printed. */
  isIn(topic: Reading | undefined): boolean;
}

export const notePermissions = ['pubsub.topics.get', 'pubsub.topics.update'];

/** A label of a topic. */
export function note(topic: string, key: string, value: string): Note {
  return {
    read: ['gcloud', 'pubsub', 'topics', 'describe', topic, '--format=json'],
    write: ['gcloud', 'pubsub', 'topics', 'update', topic, `--update-labels=${key}=${value}`],
    isIn: (found) => at(json(found), 'labels', key) === value,
  };
}
