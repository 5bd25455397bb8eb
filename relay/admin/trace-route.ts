import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import type { Project } from '../../shared/conversation-name.ts';
import { HttpError } from '../http/errors.ts';
import { allowOnly } from '../http/methods.ts';
import type { RequestAudit } from '../http/request-audit.ts';
import type { Trace } from '../trace/create-trace.ts';
import type { requireAdmin } from './admin-token.ts';
import { nameOf } from './name-of.ts';

export interface TraceRouteDeps {
  trace: Pick<Trace, 'ask'>;
  project: Project;
  audit: RequestAudit;
}

const TRACE_PATH = '/admin/trace';

const body = v.strictObject({
  conversation: v.string(),
  agent: v.exactOptional(v.string()),
});

/**
 * `POST /admin/trace` takes `{"conversation"}`, whose name may be its id alone, and answers a {@link TraceReport}. With
 * `agent`, an agent's `sub`, it also lists what was refused to that agent.
 */
export function registerTrace(
  app: FastifyInstance,
  { trace, project, audit }: TraceRouteDeps,
  onRequest: ReturnType<typeof requireAdmin>,
): void {
  allowOnly(app, TRACE_PATH, ['POST']);
  app.post(TRACE_PATH, { onRequest }, async (request) => {
    const parsed = v.safeParse(body, request.body);
    if (!parsed.success)
      throw new HttpError(400, 'Expected an object with conversation, and optionally agent.');
    const { conversation: name, agent } = parsed.output;
    const conversation = nameOf(
      name.includes('/') ? name : `projects/${project.id}/conversations/${name}`,
      project,
    );
    try {
      const report = await trace.ask(conversation, agent);
      audit(request, 'trace', { outcome: 'done', conversation });
      return report;
    } catch (cause) {
      audit(request, 'trace', { outcome: 'Redis did not answer', conversation });
      throw new HttpError(503, 'Redis does not answer, so nothing is known of the conversation.', { cause });
    }
  });
}
