import { text } from 'node:stream/consumers';
import { type LoopbackServer, startLoopbackServer } from '../local/loopback-server.ts';

/**
 * The authorizer of the demo, which allows everything. The demo registers anybody without asking who they are, so everybody
 * who asks for the list of calls is a supervisor.
 */
export function startAuthorizer(): Promise<LoopbackServer> {
  return startLoopbackServer(async (request, response) => {
    const { action } = JSON.parse(await text(request)) as { action?: unknown };
    const answer = { decision: 'allow', ...(action === 'list' ? { role: 'supervisor' } : {}) };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
}
