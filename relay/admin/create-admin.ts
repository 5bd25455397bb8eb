import type { FastifyInstance } from 'fastify';
import type { Project } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { Redis } from '../../shared/redis.ts';
import type { Revocations } from '../access/revocations.ts';
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
  revocations: Revocations;
  audit: RequestAudit;
  requestLimits: Pick<RequestLimits, 'refused'>;
  limits: AdminLimits;
  logger: Logger;
}

/** What administrators have in one relay. */
export interface Admin {
  /** Adds the routes. */
  register(app: FastifyInstance): void;
  /** From now on connections are closed as they are revoked; returns what ends that. */
  enforce(connections: () => Iterable<Revocable>): () => void;
}

export function createAdmin(token: AdminToken, deps: CreateAdminDeps): Admin {
  const { redis, project, revocations, audit, requestLimits, limits, logger } = deps;
  return {
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
