import type { v2 } from '@google-cloud/dialogflow';
import { EVENT_KINDS } from '../../../shared/event.ts';
import {
  configsFor,
  differing,
  diffLines,
  patch,
  pointingAt,
  type Targets,
  targetsOf,
} from './notification-configs.ts';
import { findProfile, parentOf, type Selector } from './profiles.ts';

interface Asked {
  client: InstanceType<typeof v2.ConversationProfilesClient>;
  selector: Selector;
  want: Targets;
}

const LANGUAGE = 'en-US';

/** Each answers what is to be printed. */
export const VERBS: Readonly<Record<string, (asked: Asked) => Promise<string>>> = {
  /** JSON of the profile's name and of each kind's topic and format. */
  async show({ client, selector }) {
    const profile = await demand(client, selector);
    return JSON.stringify({ name: profile.name, targets: targetsOf(profile) });
  },

  async diff({ client, selector, want }) {
    const profile = await findProfile(client, selector);
    const title = profile?.name ?? `a new profile "${selector.displayName}" in ${parentOf(selector)}`;
    return [title, ...diffLines(profile ? targetsOf(profile) : {}, want).map((line) => `  ${line}`)].join(
      '\n',
    );
  },

  /** Only the configs of the wanted kinds change: the service leaves alone what the update mask does not name. */
  async apply({ client, selector, want }) {
    const profile = await findProfile(client, selector);
    if (profile === undefined) {
      const [made] = await client.createConversationProfile({
        parent: parentOf(selector),
        conversationProfile: {
          displayName: selector.displayName,
          languageCode: LANGUAGE,
          ...configsFor(EVENT_KINDS, want),
        },
      });
      return `made ${made.name}`;
    }
    const kinds = differing(targetsOf(profile), want);
    if (kinds.length > 0) await client.updateConversationProfile(patch(profile.name ?? '', kinds, want));
    return `updated ${profile.name}`;
  },

  /** Takes away the configs that point at these topics. */
  async clear({ client, selector, want }) {
    const profile = await findProfile(client, selector);
    const kinds = profile === undefined ? [] : pointingAt(targetsOf(profile), want);
    if (kinds.length > 0) await client.updateConversationProfile(patch(profile?.name ?? '', kinds, {}));
    return `cleared ${kinds.length} of ${profile?.name ?? 'no profile'}`;
  },

  async delete({ client, selector }) {
    const { name } = await demand(client, selector);
    await client.deleteConversationProfile({ name: name ?? '' });
    return `deleted ${name}`;
  },
};

async function demand(client: Asked['client'], selector: Selector) {
  const profile = await findProfile(client, selector);
  // In gcloud's words for it, which the deployment understands.
  if (profile === undefined) throw new Error(`NOT_FOUND: conversation profile "${selector.displayName}"`);
  return profile;
}
