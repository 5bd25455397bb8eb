import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../shared/log.ts';
import type { Revocable } from '../session/revocable.ts';
import { Enforcement, type OnRevoked } from './enforcement.ts';
import { removeTraces } from './erase.ts';
import { type AdminDeps, registerAdmin } from './routes.ts';

/** What administrators have in one relay. */
export interface Admin {
  /** Adds the routes. */
  register(app: FastifyInstance): void;
  /** From now on connections are closed when they are revoked, and `onRevoked` called before. Returns what ends that. */
  enforce(connections: () => Iterable<Revocable>, onRevoked: OnRevoked): () => void;
}

export function createAdmin(deps: AdminDeps, logger: Logger): Admin {
  const { redis, revocations, refusals, limits } = deps;
  return {
    register: (app) => registerAdmin(app, deps),
    enforce(connections, onRevoked) {
      const enforcement = new Enforcement({
        revocations,
        refusals,
        connections,
        onRevoked,
        removeTraces: (conversation, closed) => removeTraces(redis, conversation, closed),
        logger,
        limits,
      });
      return () => enforcement.close();
    },
  };
}
