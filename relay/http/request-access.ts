import type { FastifyRequest } from 'fastify';
import type { ShortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import { type Access, AccessRefusedError, type Target } from '../access/access-policy.ts';
import type { Action } from '../access/authorizer-webhook.ts';
import { type ClientInfoOf, traceName } from '../access/client-info.ts';
import { HttpError } from './errors.ts';
import type { RequestAudit } from './request-audit.ts';

/** What a request is about. */
export type Subject =
  /** A conversation's name, not yet checked. */
  | { conversation: string; location?: string }
  /** Something of a location that belongs to no conversation, or that may reach any. */
  | { reach: 'none' | 'any'; location: string };

/**
 * Lets a request of a known agent go on, or throws the {@link HttpError} that answers it, `403 {"message"}`.
 *
 * @returns the conversation that it is about, where that can be told.
 */
export type RequestAccess = (
  request: FastifyRequest,
  action: Action,
  subject: Subject,
) => Promise<ShortName | undefined>;

export function requestAccess(
  access: Pick<Access, 'nameOf' | 'requireLocation' | 'require'>,
  audit: RequestAudit,
  clientInfoOf: ClientInfoOf,
): RequestAccess {
  function targetOf(subject: Subject): Target {
    if (subject.location !== undefined) access.requireLocation(subject.location);
    if ('reach' in subject) return subject.reach;
    try {
      return access.nameOf(subject.conversation);
    } catch (error) {
      if (error instanceof ConversationNameError) return 'unclear';
      throw error;
    }
  }

  return async (request, action, subject) => {
    const { claims } = request;
    if (claims === undefined) throw new Error('nobody has looked at the token of this request');
    let conversation: ShortName | undefined;
    try {
      const target = targetOf(subject);
      if (target !== 'none' && target !== 'any' && target !== 'unclear') conversation = target;
      await access.require(claims, action, target, { trace: traceName(clientInfoOf(request.raw)) });
      return conversation;
    } catch (error) {
      if (!(error instanceof AccessRefusedError)) throw error;
      const { message } = error;
      audit(request, 'refuse', {
        refused: action,
        outcome: message,
        conversation,
        route: request.routeOptions.url,
      });
      throw new HttpError(403, message);
    }
  };
}
