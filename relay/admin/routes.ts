import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Project } from '../../shared/conversation-name.ts';
import type { Redis } from '../../shared/redis.ts';
import type { AuditEntry } from '../access/audit.ts';
import { BLOCK_MAX_SECONDS } from '../access/limits.ts';
import type { RevocationTarget } from '../access/revocation-record.ts';
import type { Revocations } from '../access/revocations.ts';
import { HttpError } from '../http/errors.ts';
import { allowOnly } from '../http/methods.ts';
import type { RequestAudit } from '../http/request-audit.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import type { Tokens } from '../identity/tokens.ts';
import type { RefusalLog } from '../refusals/refusals.ts';
import type { Trace } from '../trace/create-trace.ts';
import { type AdminToken, requireAdmin } from './admin-token.ts';
import { eraseConversation } from './erase.ts';
import type { AdminLimits } from './limits.ts';
import { nameOf } from './name-of.ts';
import { registerTrace } from './trace-route.ts';

/** What administration works with. */
export interface AdminDeps {
  token: AdminToken;
  redis: Redis;
  project: Project;
  revocations: Revocations;
  audit: RequestAudit;
  requestLimits: Pick<RequestLimits, 'adminRefused'>;
  trace: Pick<Trace, 'ask'>;
  tokens: Pick<Tokens, 'verifyRefreshingKeys'>;
  refusals: RefusalLog;
  limits: AdminLimits;
}

const REVOKE_PATH = '/admin/revoke';
const ERASE_PATH = '/admin/erase';

const id = v.pipe(v.string(), v.nonEmpty());
const blockSeconds = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(BLOCK_MAX_SECONDS)),
);
const revocation = v.union([
  v.strictObject({ jti: id }),
  v.strictObject({ token: id }),
  v.strictObject({ sub: id, blockSeconds }),
  v.strictObject({ conversation: v.string(), blockSeconds }),
]);
const erasure = v.strictObject({ conversation: v.string() });

/**
 * The routes for administrators, who have a token of their own.
 *
 * `POST /admin/revoke` takes one of `{"jti"}`, `{"token"}`, `{"sub"}` and `{"conversation"}`, and answers `{"until"}`, the end of
 * the revocation. It applies to the tokens that were issued until now, and with `blockSeconds` to those of that many
 * seconds to come. Their connections are closed, and the relay accepts no other of them, or no join of the
 * conversation.
 *
 * `POST /admin/erase` takes `{"conversation"}` and answers `{"erased"}`, the number of keys, with a `message` where that
 * is 0. It revokes the
 * conversation first, so that no desktop stores again what is removed.
 */
export function registerAdmin(app: FastifyInstance, deps: AdminDeps): void {
  const { token, redis, project, revocations, audit, requestLimits, limits } = deps;
  const onRequest = requireAdmin(token, audit, requestLimits);
  allowOnly(app, REVOKE_PATH, ['POST']);
  allowOnly(app, ERASE_PATH, ['POST']);
  registerTrace(app, deps, onRequest);

  /** Does the work and audits it. A failure is audited too, because part of the work may be done. */
  async function perform<T>(
    request: FastifyRequest,
    event: 'revoke' | 'erase',
    whom: Pick<AuditEntry, 'conversation' | 'target'>,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await work();
      audit(request, event, { outcome: 'done', ...whom });
      return result;
    } catch (cause) {
      audit(request, event, { outcome: 'Redis did not take it', ...whom });
      throw new HttpError(503, 'Redis is away or full: send the request again when it is neither.', {
        cause,
      });
    }
  }

  app.post(REVOKE_PATH, { onRequest }, async (request) => {
    const { target, ...options } = await revocationOf(request.body, deps);
    const { conversation, ...token } = { conversation: undefined, ...target };
    const until = await perform(request, 'revoke', { conversation, target: token }, () =>
      revocations.revoke(target, options),
    );
    return { until: until.toISOString() };
  });

  app.post(ERASE_PATH, { onRequest }, async (request) => {
    const parsed = v.safeParse(erasure, request.body);
    if (!parsed.success) throw new HttpError(400, 'Expected an object with conversation.');
    const conversation = nameOf(parsed.output.conversation, project);
    const erased = await perform(request, 'erase', { conversation }, async () => {
      await revocations.revoke({ conversation }, { erases: true });
      await sleep(limits.eraseAfterMs);
      return eraseConversation(redis, conversation, project, limits);
    });
    return erased === 0 ? { erased, message: 'Nothing is held under this name.' } : { erased };
  });
}

async function revocationOf(
  body: unknown,
  { project, tokens }: Pick<AdminDeps, 'project' | 'tokens'>,
): Promise<{ target: RevocationTarget; blockSeconds?: number | undefined }> {
  const parsed = v.safeParse(revocation, body);
  if (!parsed.success) {
    throw new HttpError(
      400,
      'Expected an object with one of jti, token, sub and conversation; with the latter two also blockSeconds, up to a week.',
    );
  }
  const { output } = parsed;
  if ('jti' in output) return { target: output };
  if ('token' in output) {
    // One that has expired may still go on with its conversations.
    const { claims } = await tokens.verifyRefreshingKeys(output.token);
    if (claims === undefined) throw new HttpError(400, 'The token was not issued by this service.');
    return { target: { jti: claims.tokenId } };
  }
  const { blockSeconds, ...target } = output;
  const isOfConversation = 'conversation' in target;
  return {
    target: isOfConversation ? { conversation: nameOf(target.conversation, project) } : target,
    blockSeconds,
  };
}
