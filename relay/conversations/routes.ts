import type { FastifyInstance } from 'fastify';
import type { ShortName } from '../../shared/conversation-name.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import type { Redis } from '../../shared/redis.ts';
import { type AccessPolicy, AccessRefusedError } from '../access/access-policy.ts';
import { type AuthenticateDeps, requireToken } from '../http/authenticate.ts';
import { HttpError } from '../http/errors.ts';
import { allowOnly } from '../http/methods.ts';
import type { RequestAccess } from '../http/request-access.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import { type Call, CallReader } from './call-reader.ts';
import { type CallSummary, summarize } from './call-summary.ts';
import { conversationList, type ListedConversation, toPageToken } from './conversation-list.ts';
import { countDesktops } from './desktop-counts.ts';
import type { ConversationLimits } from './limits.ts';
import { type ListQuery, listQuery } from './query.ts';

const PATH = '/conversations';

export interface ConversationsDeps {
  /** For commands that only read. */
  reads: Redis;
  access: Pick<AccessPolicy, 'requireLocation'>;
  requireAccess: RequestAccess;
  authentication: AuthenticateDeps;
  rateLimiter: Pick<RateLimiter, 'listed'>;
  limits: { conversations: ConversationLimits };
}

export interface ConversationsAnswer {
  conversations: CallSummary[];
  /** Absent on the last page. */
  nextPageToken?: string;
}

/**
 * `GET /conversations` lists the calls of the project for supervisors, the newest first. The answer holds no content. A
 * page may have fewer calls than were asked for, although others follow.
 */
export function registerConversations(app: FastifyInstance, deps: ConversationsDeps): void {
  const { reads, access, requireAccess, authentication, rateLimiter } = deps;
  const limits = deps.limits.conversations;
  const readList = conversationList(reads);
  const calls = new CallReader({ reads, limits });
  allowOnly(app, PATH, ['GET']);

  async function readPage(query: ListQuery): Promise<ConversationsAnswer> {
    const { conversations, next } = await readList(query.after, query.pageSize);
    const names = conversations.map(({ conversation }) => conversation);
    const [desktops, read] = await Promise.all([countDesktops(reads, names), readCalls(names)]);
    const now = Date.now();
    const summaryOf = (listed: ListedConversation, index: number) => {
      const call = read.get(listed.conversation);
      if (call === undefined || !isAllowed(call.location)) return [];
      return summarize(listed, call, desktops[index] ?? 0, query, now) ?? [];
    };
    return {
      conversations: conversations.flatMap(summaryOf),
      ...(next === undefined ? {} : { nextPageToken: toPageToken(next) }),
    };
  }

  async function readCalls(names: readonly ShortName[]): Promise<Map<ShortName, Call | undefined>> {
    const read = new Map<ShortName, Call | undefined>();
    await inParallel(names, limits.listParallelReads, async (name) => read.set(name, await calls.read(name)));
    return read;
  }

  /** Nobody may join a call of another location. */
  function isAllowed(location: string | undefined): boolean {
    try {
      if (location !== undefined) access.requireLocation(location);
      return true;
    } catch (error) {
      if (error instanceof AccessRefusedError) return false;
      throw error;
    }
  }

  const onRequest = requireToken({
    ...authentication,
    also: (_request, claims) => rateLimiter.listed(claims),
  });
  app.get(PATH, { onRequest }, async (request) => {
    await requireAccess(request, 'list', { reach: 'any' });
    const query = listQuery(request.query, { pageMax: limits.listPageMax });
    try {
      return await readPage(query);
    } catch (cause) {
      throw new HttpError(503, 'The list of conversations cannot be read right now: try again.', { cause });
    }
  });
}
