import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { type Profile, targetsOf } from '../../deploy/profile/notification-configs.ts';
import { at } from '../../gcloud/step.ts';
import { askGoogle, type GoogleAccess, NO_STAND_IN, type Unseen } from './google-access.ts';

/** Where the conversation profile publishes one kind of event. */
export interface PublishedKind {
  kind: EventKind;
  /** Short names; '' where the profile does not publish the kind. */
  topic: string;
  messageFormat: string;
  /** The topic that the deployment's function of this kind listens to. */
  expected: string;
  /** Whether something is called with what is published there; undefined where the account may not know. */
  isHeard: boolean | undefined;
}

export interface Published {
  state: 'seen';
  /** The whole name; '' where the profile of the settings does not exist. */
  profile: string;
  kinds: PublishedKind[];
}

/** Looks at the topics that the profile publishes to, and whether a function listens to each. Rejects like Google. */
export async function findPublished(access: GoogleAccess): Promise<Published | Unseen> {
  const { settings, token, urls } = access;
  const { projectId, profileId, topics } = settings;
  if (profileId === 'none') return { state: 'skipped', reason: 'CONVERSATION_PROFILE_ID is none' };
  if (token === undefined && urls.dialogflow === undefined) return { state: 'skipped', reason: NO_STAND_IN };
  const profile = await findProfile(access);
  if (profile === undefined) return { state: 'seen', profile: '', kinds: [] };
  const targets = targetsOf(profile);
  const kinds = EVENT_KINDS.filter((kind) => topics.has(kind)).map(async (kind): Promise<PublishedKind> => {
    const { topic, messageFormat } = targets[kind];
    const isHeard = topic === '' ? undefined : await isHeardOf(access, topic);
    const expected = topics.get(kind) ?? '';
    return { kind, topic: shortTopic(topic, projectId), messageFormat, expected, isHeard };
  });
  return { state: 'seen', profile: profile.name ?? '', kinds: await Promise.all(kinds) };
}

/**
 * The profile that the settings name. Over REST: Google's client takes a third of a second to load. Source: Dialogflow REST
 * reference, v2, projects.locations.conversationProfiles.
 */
async function findProfile(access: GoogleAccess): Promise<Profile | undefined> {
  const { projectId, profileId, profileName, profileLocation } = access.settings;
  const host = profileLocation === 'global' ? 'dialogflow' : `${profileLocation}-dialogflow`;
  const base = access.urls.dialogflow ?? `https://${host}.googleapis.com`;
  const path = `${base}/v2/projects/${projectId}/locations/${profileLocation}/conversationProfiles`;
  if (profileId !== undefined) return (await read(`${path}/${profileId}`, access)) as Profile | undefined;
  for (let pageToken = ''; ; ) {
    const page = await read(`${path}?pageSize=1000&pageToken=${encodeURIComponent(pageToken)}`, access);
    const { conversationProfiles = [], nextPageToken } = (page ?? {}) as {
      conversationProfiles?: Profile[];
      nextPageToken?: string;
    };
    const found = conversationProfiles.find(({ displayName }) => displayName === profileName);
    if (found !== undefined || !nextPageToken) return found;
    pageToken = nextPageToken;
  }
}

/**
 * Of an account of gcloud Dialogflow wants to know which project pays.
 *
 * @throws {Error} for every answer but a success and a 404.
 */
async function read(url: string, access: GoogleAccess): Promise<unknown> {
  const payer = { 'x-goog-user-project': access.settings.projectId };
  const response = await askGoogle(url, access, undefined, payer);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`Dialogflow answered HTTP ${response.status}`);
  return response.json();
}

/** The topic's own name where it is of the project, else the whole name. */
function shortTopic(topic: string, projectId: string): string {
  const prefix = `projects/${projectId}/topics/`;
  return topic.startsWith(prefix) ? topic.slice(prefix.length) : topic;
}

/** Whether a topic has a push subscription. A function has one; a pull subscription calls nobody. */
async function isHeardOf(access: GoogleAccess, topic: string): Promise<boolean | undefined> {
  const { pubsub } = access.urls;
  const response = await askGoogle(`${pubsub}/v1/${topic}/subscriptions`, access);
  if (response.status === 404) return false;
  if (!response.ok) return undefined;
  const { subscriptions } = (await response.json()) as { subscriptions?: string[] };
  for (const name of subscriptions ?? []) {
    const found = await askGoogle(`${pubsub}/v1/${name}`, access);
    if (!found.ok) return undefined;
    if (typeof at(await found.json(), 'pushConfig', 'pushEndpoint') === 'string') return true;
  }
  return false;
}
