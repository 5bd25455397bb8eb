import type { FastifyRequest } from 'fastify';
import type { ShortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import {
  type AccessPolicy,
  AccessRefusedError,
  conversationIn,
  type Resource,
} from '../access/access-policy.ts';
import type { Action } from '../access/authorizer-webhook.ts';
import { type ClientInfoOf, traceName } from '../access/client-info.ts';
import { RateLimitedError } from '../rate-limits/rate-limited-error.ts';
import { HttpError } from './errors.ts';
import type { RequestAudit } from './request-audit.ts';

/** What a request is about. */
export type RequestedResource =
  /** A conversation's name, not yet checked. */
  | { conversation: string; location?: string }
  /** Something, mostly of a location, that belongs to no conversation, or that may reach any. */
  | { reach: 'none' | 'any'; location?: string };

/**
 * Lets a request of a known agent go on, or throws the {@link HttpError} that answers it, `403 {"message"}`.
 *
 * @returns the conversation that it is about, where that can be told.
 */
export type RequestAccess = (
  request: FastifyRequest,
  action: Action,
  requested: RequestedResource,
) => Promise<ShortName | undefined>;

export function requestAccess(
  access: Pick<AccessPolicy, 'nameOf' | 'requireLocation' | 'require'>,
  audit: RequestAudit,
  clientInfoOf: ClientInfoOf,
): RequestAccess {
  function resourceOf(requested: RequestedResource): Resource {
    if (requested.location !== undefined) access.requireLocation(requested.location);
    if ('reach' in requested) return requested.reach;
    try {
      return access.nameOf(requested.conversation);
    } catch (error) {
      if (error instanceof ConversationNameError) return 'unclear';
      throw error;
    }
  }

  return async (request, action, requested) => {
    const { claims } = request;
    if (claims === undefined) throw new Error('nobody has looked at the token of this request');
    let conversation: ShortName | undefined;
    try {
      const resource = resourceOf(requested);
      conversation = conversationIn(resource);
      await access.require(claims, action, resource, { trace: traceName(clientInfoOf(request.raw)) });
      return conversation;
    } catch (error) {
      if (!(error instanceof AccessRefusedError)) throw error;
      if (error.cause instanceof RateLimitedError) throw error.cause;
      const { message } = error;
      audit(request, 'refuse', {
        refused: action,
        outcome: message,
        reason: error.reason,
        conversation,
        route: request.routeOptions.url,
      });
      throw new HttpError(403, message, { cause: error });
    }
  };
}
