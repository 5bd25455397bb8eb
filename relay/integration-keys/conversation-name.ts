import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Project, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import { AccessRefusedError } from '../access/access-policy.ts';
import type { Action } from '../access/authorizer-webhook.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { takeAnything } from '../http/body.ts';
import { HttpError } from '../http/errors.ts';
import { allowOnly } from '../http/methods.ts';
import type { RequestAccess } from '../http/request-access.ts';
import { sendText } from '../http/send-text.ts';
import type { ConversationNames } from './conversation-name-store.ts';
import { INTEGRATION_KEY_MAX_CHARS, INTEGRATION_KEY_TTL_SECONDS } from './limits.ts';

const PATH = '/conversation-name';

export interface ConversationNameDeps {
  project: Project;
  names: ConversationNames;
  requireToken: Authenticate;
  requireAccess: RequestAccess;
}

/**
 * `/conversation-name`: telephony stores the conversation of a call under an integration key (POST), the desktop
 * looks it up (GET) and removes it at the end (DELETE). Texts and statuses are those of Google's reference; an unknown
 * key is 200 with an empty name, because desktops parse the answer without looking at its status. A key that leads to a
 * conversation which the agent may not see is answered like an unknown one: nobody learns which phone numbers have a call.
 */
export function registerConversationName(app: FastifyInstance, deps: ConversationNameDeps): void {
  const { project, names, requireToken, requireAccess } = deps;
  allowOnly(app, PATH, ['GET', 'POST', 'DELETE']);

  /** The conversation that a key leads to, where the agent may see it and do this. */
  async function visible(request: FastifyRequest, action: Action, key: string): Promise<string | undefined> {
    const conversation = await answerOf(names.get(key));
    if (conversation === undefined) return undefined;
    try {
      await requireAccess(request, action, { conversation });
      return conversation;
    } catch (error) {
      if (isHidden(error)) return undefined;
      throw error;
    }
  }

  app.post(PATH, { onRequest: requireToken }, async (request, reply) => {
    // Without a content type and a body nothing was parsed.
    if (request.body === undefined) throw new HttpError(415, 'The content type must be application/json.');
    const { conversationIntegrationKey: given, conversationName: name } = fieldsOf(request.body);
    const key = keyOf(given);
    if (typeof given !== 'string' || key === undefined || !isConversation(name, project))
      return badRequest(reply);
    await requireAccess(request, 'write', { conversation: name });
    await answerOf(names.set(key, name, INTEGRATION_KEY_TTL_SECONDS));
    return { [given]: name };
  });

  app.get(PATH, { onRequest: requireToken }, async (request, reply) => {
    const key = keyOf(fieldsOf(request.query).conversationIntegrationKey);
    if (key === undefined) return badRequest(reply);
    return { conversationName: (await visible(request, 'read', key)) ?? '' };
  });

  app.register((scope, _options, done) => {
    takeAnything(scope);
    scope.delete(PATH, { onRequest: requireToken }, async (request, reply) => {
      const key = keyOf(fieldsOf(request.query).conversationIntegrationKey);
      if (key === undefined) return badRequest(reply);
      const conversation = await visible(request, 'write', key);
      const wasThere = conversation !== undefined && (await answerOf(names.delete(key, conversation)));
      return wasThere ? sendText(reply, 200, 'Success') : sendText(reply, 404, 'Not found');
    });
    done();
  });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/**
 * The key that a caller means. Desktops put phone numbers into the query unencoded, where `+` means a space; the `+` is
 * put back on every side, so that all find the same.
 */
function keyOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > INTEGRATION_KEY_MAX_CHARS) return undefined;
  return value.replace(/^ /, '+');
}

function isConversation(name: unknown, project: Project): name is string {
  try {
    shortName(name, project);
    return true;
  } catch (error) {
    if (error instanceof ConversationNameError) return false;
    throw error;
  }
}

/** Whether a request was refused because the agent may not see the conversation. */
function isHidden(error: unknown): boolean {
  const refusal = error instanceof HttpError ? error.cause : undefined;
  return refusal instanceof AccessRefusedError && !refusal.isTemporary && !refusal.maySee;
}

async function answerOf<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new HttpError(503, 'The store of conversation names does not answer; try again.', { cause });
  }
}

function badRequest(reply: FastifyReply): FastifyReply {
  return sendText(reply, 400, 'Bad request');
}
