// Shows or changes the notification configs of one conversation profile, as gcloud's account. A program of its own, so that
// it is a step's command like every call of gcloud, and can be pasted.
import { parseArgs } from 'node:util';
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { accessToken } from '../../gcloud/access-token.ts';
import { createExec } from '../../gcloud/exec.ts';
import { wanted } from './notification-configs.ts';
import { createProfilesClient } from './profiles.ts';
import { VERBS } from './verbs.ts';

const USAGE = `node scripts/deploy/profile/main.ts ${Object.keys(VERBS).join('|')} --project=ID [OPTION ...]
  --location=LOCATION    global (default) or a region
  --id=ID                a profile that exists
  --display-name=NAME    without --id: the profile of that name, made by "apply" if there is none
  --topic=KIND=TOPIC     the topic of a kind of event (may be repeated)
  --account=ACCOUNT      an account of gcloud other than its current one`;

try {
  console.log(await main());
} catch (error) {
  // Google's answer may be JSON over several lines.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<string> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      location: { type: 'string', default: 'global' },
      id: { type: 'string' },
      'display-name': { type: 'string', default: '' },
      topic: { type: 'string', multiple: true, default: [] },
      account: { type: 'string' },
      // Every command of a plan has it.
      quiet: { type: 'boolean' },
    },
  });
  const verb = VERBS[positionals[0] ?? ''];
  if (verb === undefined || values.project === undefined) throw new Error(USAGE);
  const selector = {
    projectId: values.project,
    location: values.location,
    id: values.id,
    displayName: values['display-name'],
  };
  const client = createProfilesClient(
    selector,
    await accessToken(values.account, createExec(process.cwd(), process.env)),
    process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_DIALOGFLOW,
  );
  try {
    return await verb({ client, selector, want: wanted(topics(values.topic), values.project) });
  } finally {
    await client.close();
  }
}

function topics(pairs: readonly string[]): Map<EventKind, string> {
  return new Map(
    pairs.map((pair) => {
      const [name, topic] = pair.split('=');
      const kind = EVENT_KINDS.find((each) => each === name);
      if (kind === undefined || !topic) throw new Error(`--topic=${pair} is not KIND=TOPIC\n${USAGE}`);
      return [kind, topic] as const;
    }),
  );
}
