import { v2 } from '@google-cloud/dialogflow';
import { OAuth2Client } from 'google-auth-library';
import type { Profile } from './notification-configs.ts';

/** Which profile: one that exists, by its id, or the one of this display name, which may have to be made. */
export interface Selector {
  projectId: string;
  /** `global` or a region such as `europe-west1`. */
  location: string;
  id?: string | undefined;
  displayName: string;
}

type Client = InstanceType<typeof v2.ConversationProfilesClient>;
type ClientOptions = NonNullable<ConstructorParameters<typeof v2.ConversationProfilesClient>[0]>;

/**
 * A client that works as gcloud's account. Google asks of such an account to name the project that pays.
 *
 * @param endpoint An address instead of Google's, for tests: `http://127.0.0.1:8080`.
 */
export function createProfilesClient(selector: Selector, accessToken: string, endpoint?: string): Client {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: accessToken });
  authClient.quotaProjectId = selector.projectId;
  const { hostname, port, protocol } = new URL(endpoint ?? `https://${hostOf(selector.location)}`);
  return new v2.ConversationProfilesClient({
    fallback: true,
    apiEndpoint: hostname,
    port: Number(port) || 443,
    protocol: protocol.replace(':', ''),
    // The client's own copy of google-auth-library has the same class under another type.
    authClient: authClient as unknown as NonNullable<ClientOptions['authClient']>,
  });
}

function hostOf(location: string): string {
  return location === 'global' ? 'dialogflow.googleapis.com' : `${location}-dialogflow.googleapis.com`;
}

export function parentOf({ projectId, location }: Selector): string {
  return `projects/${projectId}/locations/${location}`;
}

/** The profile; undefined when there is none of that display name. @throws when an id is given and not found. */
export async function findProfile(client: Client, selector: Selector): Promise<Profile | undefined> {
  const parent = parentOf(selector);
  if (selector.id !== undefined) {
    const name = `${parent}/conversationProfiles/${selector.id}`;
    const [profile] = await client.getConversationProfile({ name });
    return profile;
  }
  for await (const profile of client.listConversationProfilesAsync({ parent }))
    if (profile.displayName === selector.displayName) return profile;
  return undefined;
}
