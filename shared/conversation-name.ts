import { ConversationNameError } from './errors.ts';

/** `projects/PROJECT/conversations/ID`: the one name that rooms, Redis keys and desktops use for a conversation. */
export type ShortName = `projects/${string}/conversations/${string}`;

/** A Google Cloud location as it stands in resource names: `global`, `us`, `europe-west2`. */
export const LOCATION_PATTERN = '[a-z]+(?:-[a-z]+[0-9]{1,2})?';

const LOCATION = new RegExp(`^${LOCATION_PATTERN}$`);

/** In bytes, of a label of a host name. Source: RFC 1035, section 2.3.4. */
const LABEL_MAX = 63;

/** Whether a location, with the suffix behind it, is a label of a host name, such as `us-dialogflow`. */
export function isHostLocation(location: string, suffix: string): boolean {
  return location.length + suffix.length <= LABEL_MAX && LOCATION.test(location);
}

// Ids that Dialogflow gives and takes have letters, digits, - and _ (those it makes itself are base64url, so any of
// these may come first); a dot or tilde is let through, but no name made of dots alone, and nothing that means
// something in a Redis hash tag, a URL or a glob.
const NAME = new RegExp(
  `^projects/([a-z0-9][a-z0-9.:-]{0,127})(?:/locations/(${LOCATION_PATTERN}))?/conversations/([A-Za-z0-9_-][A-Za-z0-9._~-]{0,127})$`,
);

export interface Project {
  id: string;
  /** The project's number, which counts as its id wherever Google writes it. */
  number?: string | undefined;
}

/**
 * Parses a conversation's name, with or without its location, into its short name. The name must be whole: a
 * participant's name or a trailing slash is refused, where Google's reference makes another room of it.
 *
 * @throws {ConversationNameError} for any other text, and for a conversation of another project.
 */
export function shortName(name: unknown, project: Project): ShortName {
  const match = typeof name === 'string' ? NAME.exec(name) : null;
  if (!match) throw new ConversationNameError('not-a-conversation-name');
  if (match[1] !== project.id && match[1] !== project.number)
    throw new ConversationNameError('other-project');
  return `projects/${project.id}/conversations/${match[3]}`;
}

/** The location in a conversation's name; none in a short name, nor in what is no conversation's name. */
export function locationOf(name: string): string | undefined {
  return NAME.exec(name)?.[2];
}
