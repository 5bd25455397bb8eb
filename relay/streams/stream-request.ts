import { LOCATION_PATTERN } from '../../shared/conversation-name.ts';
import { isTooDeep, LEVELS_MAX } from './levels.ts';
import { STREAM_CODE, StreamError } from './stream-error.ts';
import { requireLocation } from './webchannel/requests.ts';

/** A participant's name as far as the relay has to know it. */
export interface Participant {
  name: string;
  /** The conversation's name with its location; the access policy checks the rest. */
  conversation: string;
  location: string;
}

/** In characters. */
export const STREAM_ID_MAX = 128;
const PARTICIPANT = new RegExp(
  `^(projects/[^/]+/locations/(${LOCATION_PATTERN})/conversations/[^/]+)/participants/[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}$`,
);

/** The id in an argument of `stream-request` or `end-stream`; undefined where there is none. */
export function streamIdIn(argument: unknown): string | undefined {
  const { streamId } = Object(argument) as { streamId?: unknown };
  return typeof streamId === 'string' && streamId !== '' && streamId.length <= STREAM_ID_MAX
    ? streamId
    : undefined;
}

/** What a desktop is told when {@link streamIdIn} finds none. */
export const NO_STREAM_ID = `streamId must be a text of 1 to ${STREAM_ID_MAX} characters`;

/** @throws {StreamError} for a payload that is not a message. */
export function messageOf(payload: unknown): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new StreamError(STREAM_CODE.invalidArgument, 'payload must be an object');
  }
  if (isTooDeep(payload)) {
    throw new StreamError(STREAM_CODE.invalidArgument, `payload must have at most ${LEVELS_MAX} levels`);
  }
  return payload as Record<string, unknown>;
}

/** @throws {StreamError} for what is not the name of a participant with a location. */
export function participantOf(message: Record<string, unknown>): Participant {
  const { participant } = message;
  const match = typeof participant === 'string' ? PARTICIPANT.exec(participant) : null;
  const [name, conversation, location] = match ?? [];
  if (name !== undefined && conversation !== undefined && location !== undefined) {
    requireLocation(location);
    return { name, conversation, location };
  }
  const expected = 'projects/PROJECT/locations/LOCATION/conversations/ID/participants/ID';
  throw new StreamError(STREAM_CODE.invalidArgument, `participant must be ${expected}`);
}
