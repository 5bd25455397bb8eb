import { createHash } from 'node:crypto';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { type Argv, at, json, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import { differing, pointingAt, type Targets, wanted } from '../profile/notification-configs.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { note, notePermissions } from './notes.ts';

const PROGRAM = ['node', 'scripts/deploy/profile/main.ts'];
const USE_PROJECT = 'serviceusage.services.use';

/** Points the notification configs of the conversation profile at the topics, in JSON. */
export function profileStep(settings: DeploySettings): Step {
  const { profileId } = settings;
  return {
    key: 'profile',
    title: 'Point the conversation profile at the topics',
    needs: ['topics'],
    // Source: Dialogflow's REST reference, projects.conversationProfiles.create, for the first; all four are in Google's
    // roles/dialogflow.conversationManager as github.com/iann0036/iam-dataset lists it (gcp/roles, commit 1818bc7).
    permissions: [
      'dialogflow.conversationProfiles.create',
      'dialogflow.conversationProfiles.get',
      'dialogflow.conversationProfiles.list',
      'dialogflow.conversationProfiles.update',
      USE_PROJECT,
      ...(profileId === undefined ? notePermissions : []),
    ],
    tasks: [...(profileId === undefined ? [noteTask(settings)] : []), configsTask(settings)],
  };
}

/** Prints the profile as JSON. */
export function showProfile(settings: DeploySettings): Argv {
  return [...PROGRAM, 'show', ...target(settings)];
}

function target({ profileId, profileName, profileLocation }: DeploySettings): string[] {
  return [
    profileId === undefined ? `--display-name=${profileName}` : `--id=${profileId}`,
    `--location=${profileLocation}`,
  ];
}

/**
 * Dialogflow's profiles take no labels: that one is made here is noted on the dead-letter topic before it is. A teardown
 * that finds the note deletes the profile, and without it takes only the topics out.
 */
function noteTask(settings: DeploySettings): Task {
  const show = [...PROGRAM, 'show', ...target(settings)];
  const { deadLetterTopic, profileName } = settings;
  const made = note(deadLetterTopic, 'made-profile', fingerprint(settings));
  return {
    title: `note that conversation profile ${profileName} is made here`,
    reads: [show, made.read],
    isDone: ([profile, topic]) => profile?.found === true || made.isIn(topic),
    change: { argv: made.write },
    undo: {
      title: `conversation profile ${profileName}`,
      reads: [show, made.read],
      owner: ([profile, topic]) => {
        if (profile?.found !== true) return 'gone';
        return made.isIn(topic) ? 'ours' : 'theirs';
      },
      argv: [...PROGRAM, 'delete', ...target(settings)],
      permissions: [
        'dialogflow.conversationProfiles.delete',
        'dialogflow.conversationProfiles.list',
        USE_PROJECT,
      ],
    },
  };
}

/** Which profile, as a label's value may be written. A name that is taken over later is not that of the note. */
function fingerprint({ profileLocation, profileName }: DeploySettings): string {
  return createHash('sha256').update(`${profileLocation}/${profileName}`).digest('hex').slice(0, 32);
}

function configsTask(settings: DeploySettings): Task {
  const { topics, projectId, profileId, profileName } = settings;
  const show = [...PROGRAM, 'show', ...target(settings)];
  const flags = [...target(settings), ...[...topics].map(([kind, topic]) => `--topic=${kind}=${topic}`)];
  const want = wanted(topics, projectId);
  const differences = ([reading]: readonly Reading[]) => {
    if (reading?.found !== true) return ['is not there'];
    return differing(targetsIn(reading), want).map(
      (kind) => `does not publish ${kind} as JSON to ${topics.get(kind)}`,
    );
  };
  return {
    title: `conversation profile ${profileId ?? profileName}`,
    reads: [show],
    isDone: (readings) => differences(readings).length === 0,
    differences,
    preview: [...PROGRAM, 'diff', ...flags],
    change: { argv: [...PROGRAM, 'apply', ...flags] },
    undo: {
      title: `the topics in conversation profile ${profileId ?? profileName}`,
      reads: [show],
      owner: ([reading]) => (pointingAt(targetsIn(reading), want).length > 0 ? 'ours' : 'gone'),
      argv: [...PROGRAM, 'clear', ...flags],
      permissions: [
        'dialogflow.conversationProfiles.get',
        'dialogflow.conversationProfiles.list',
        'dialogflow.conversationProfiles.update',
        USE_PROJECT,
      ],
    },
  };
}

function targetsIn(reading: Reading | undefined): Targets {
  const shown = json(reading);
  return Object.fromEntries(
    EVENT_KINDS.map((kind) => [
      kind,
      {
        topic: String(at(shown, 'targets', kind, 'topic') ?? ''),
        messageFormat: String(at(shown, 'targets', kind, 'messageFormat') ?? ''),
      },
    ]),
  );
}
