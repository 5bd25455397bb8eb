import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { RefusalDetails } from './refusals.ts';

/**
 * What a refused request of a desktop was about.
 *
 * @param argument a frame, or the argument of an event of Socket.IO.
 * @param error why it was refused.
 */
export function aboutRequest(
  argument: unknown,
  error: unknown,
  project: Project,
): Pick<RefusalDetails, 'refused' | 'conversation'> {
  const isLeave = error instanceof Error && 'reason' in error && error.reason === 'not-joined';
  const refused = isLeave ? 'leave' : 'join';
  // A name that is none may be any text.
  if (error instanceof ConversationNameError) return { refused };
  return { refused, conversation: conversationNamed(argument, project) };
}

function conversationNamed(argument: unknown, project: Project): ShortName | undefined {
  const isObject = typeof argument === 'object' && argument !== null && 'conversation' in argument;
  try {
    return shortName(isObject ? argument.conversation : argument, project);
  } catch {
    return undefined;
  }
}
