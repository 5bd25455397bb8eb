import type { FastifyInstance } from 'fastify';
import type { Project } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { Redis } from '../../shared/redis.ts';
import { Revocations } from '../access/revocations.ts';
import type { RequestAudit } from '../http/request-audit.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import type { Revocable } from '../session/revocable.ts';
import type { AdminToken } from './admin-token.ts';
import { Enforcement } from './enforcement.ts';
import { eraseConversation, removeTraces } from './erase.ts';
import type { AdminLimits } from './limits.ts';
import { registerAdmin } from './routes.ts';

export interface CreateAdminDeps {
  redis: Redis;
  project: Project;
  /** How long after its issue a token may be of use, in seconds. */
  maxSeconds: number;
  audit: RequestAudit;
  requestLimits: Pick<RequestLimits, 'refused'>;
  limits: AdminLimits;
  logger: Logger;
  now?: (() => number) | undefined;
}

/** What administrators have in one relay. */
export interface Admin {
  revocations: Revocations;
  /** Adds the routes. */
  register(app: FastifyInstance): void;
  /** From now on connections are closed as they are revoked; returns what ends that. */
  enforce(connections: () => Iterable<Revocable>): () => void;
}

/** Without a token there are no administrators: then nothing can be revoked, and nobody has to ask whether it was. */
export function createAdmin(token: AdminToken | undefined, deps: CreateAdminDeps): Admin | undefined {
  if (token === undefined) return undefined;
  const { redis, project, audit, requestLimits, limits, logger } = deps;
  const revocations = new Revocations(deps);
  return {
    revocations,
    register: (app) =>
      registerAdmin(app, {
        token,
        project,
        revocations,
        erase: (conversation) => eraseConversation(redis, conversation, project, limits),
        audit,
        requestLimits,
        limits,
      }),
    enforce(connections) {
      const enforcement = new Enforcement({
        revocations,
        connections,
        removeTraces: (conversation, tokenIds) => removeTraces(redis, conversation, tokenIds),
        logger,
        limits,
      });
      return () => enforcement.close();
    },
  };
}
