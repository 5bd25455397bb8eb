import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { readGivenSettings } from '../cli/env-file.ts';
import { ROOT } from '../cli/root.ts';
import { UsageError } from '../cli/usage-error.ts';
import { readDeploySettings } from '../deploy/settings/deploy-settings.ts';
import { accessToken } from '../gcloud/access-token.ts';
import { createExec } from '../gcloud/exec.ts';
import { createDirectPublisher } from '../local/direct-publisher.ts';
import { type Publisher, publishTo } from '../local/publisher.ts';
import { createPubsubClient } from '../local/pubsub-rest.ts';
import { topicName } from '../topics.ts';
import type { Route } from './target.ts';

export interface OpenPublisher {
  publisher: Publisher & { stop(): Promise<void> };
  /** What can be published: a deployment may leave a topic out. */
  kinds: ReadonlySet<EventKind>;
}

export interface PublisherOptions {
  /** The project that the relay serves. */
  project: string;
  /** File with the settings of the deployment; default `.env`. */
  settings?: string | undefined;
  signal: AbortSignal;
  /** Where Pub/Sub is; default Google's. */
  pubsub?: { url: string; accessToken: string };
}

const GOOGLE = 'https://pubsub.googleapis.com';

/**
 * Opens the way to the functions of a relay that runs.
 *
 * @throws {UsageError} when Pub/Sub or the settings are those of another project.
 * @throws {Error} when the settings are wrong, or with gcloud's words when nobody is signed in.
 */
export async function openPublisher(route: Route, options: PublisherOptions): Promise<OpenPublisher> {
  const { project } = options;
  const all = new Set(EVENT_KINDS);
  if (route.to === 'functions')
    return { publisher: createDirectPublisher({ project, functionUrls: route.urls }), kinds: all };
  if (route.to === 'emulator') {
    const pubsub = createPubsubClient(route.url);
    return { publisher: withoutQueue(publishTo(pubsub, (kind) => topicName(project, kind))), kinds: all };
  }
  if (route.project !== project)
    throw new UsageError(`--publish pubsub:${route.project}: the relay serves the project ${project}`);
  return throughPubsub(options);
}

async function throughPubsub(options: PublisherOptions): Promise<OpenPublisher> {
  const { project, settings, signal } = options;
  const given = readGivenSettings(settings).env;
  if ((given.GCP_PROJECT_ID ?? project) !== project)
    throw new UsageError(
      `--settings: the settings are those of ${given.GCP_PROJECT_ID}, the relay serves ${project}`,
    );
  const env = { ...given, GCP_PROJECT_ID: project };
  const { topics, adminAccount } = readDeploySettings(env);
  const { url, accessToken: token } = options.pubsub ?? {
    url: GOOGLE,
    accessToken: await accessToken(adminAccount, createExec(ROOT, env), signal),
  };
  const topicOf = (kind: EventKind) => `projects/${project}/topics/${topics.get(kind)}`;
  return {
    publisher: withoutQueue(publishTo(createPubsubClient(url, token), topicOf)),
    kinds: new Set(topics.keys()),
  };
}

/** An event that such a publisher has published is Pub/Sub's: there is nothing to stop. */
function withoutQueue(publisher: Publisher): OpenPublisher['publisher'] {
  return { ...publisher, stop: async () => {} };
}
