import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import { HttpError } from '../http/errors.ts';

/** The conversation that an administrator names. @throws {HttpError} 400 for any that is not one of the project. */
export function nameOf(name: string, project: Project): ShortName {
  try {
    return shortName(name, project);
  } catch (error) {
    if (!(error instanceof ConversationNameError)) throw error;
    throw new HttpError(400, 'The conversation is not one of the project.');
  }
}
