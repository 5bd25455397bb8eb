// For every route of the relay, requests that it grants: what the fuzzed ones are made of. `TOKEN` stands for an agent's
// token, `SUPERVISOR` for a supervisor's, `VICTIM` for one that may be revoked, VICTIM_ID for the `jti` of that one.
import { relayRoutes } from '../docs/routes.ts';
import { TWILIO } from '../helpers/provider-servers.ts';
import { TEST_PROJECT } from '../helpers/redis.ts';
import { ADMIN_TOKEN, CONVERSATIONS, DESKTOP_PATHS, LOST_CONVERSATION } from './fuzz-fixture.ts';

/** As long as what stands in its place when a request is sent: its length is announced before. */
export const VICTIM_ID = '00000000-0000-4000-8000-000000000000';

export interface Call {
  method: string;
  target: string;
  authorization?: string;
  /** A text goes as it is, anything else as JSON. */
  body?: unknown;
  /** What it may be answered with; 200 where it is not said. */
  statuses?: readonly number[];
}

/** What a route is called with, without its method and path. */
type Form = Omit<Call, 'method' | 'target'> & { rest?: string };

const BASE = `/v2beta1/projects/${TEST_PROJECT}/locations/global`;
const AGENT = { authorization: 'Bearer TOKEN' };
const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const VICTIM = { authorization: 'VICTIM' };
const SUPERVISOR = { authorization: 'SUPERVISOR' };
const KEY = '?conversationIntegrationKey=%2B1555';
const [conversation] = CONVERSATIONS;
const LOCATED = `projects/${TEST_PROJECT}/locations/us-central1/conversations/fuzz-b`;
const turn = { textInput: { text: 'hello', languageCode: 'en' } };
/** Of a call as a victim: it was revoked, itself or its way to the conversation, or all of them call too often. */
const OR_REVOKED = [200, 401, 403, 429];
/** Of a call that one agent makes too often in a long run. */
const OFTEN = [200, 429];

const FORMS: Record<string, Form[]> = {
  'GET /status': [{}],
  'GET /health': [{}],
  'GET /ready': [{}],
  'POST /register': [
    { authorization: 'anything', body: { gcp_agent_assist_user: 'maria' } },
    { authorization: 'anything', rest: '?provider=Skip', body: '' },
  ],
  'POST /register-app': [
    { body: { accountSid: TWILIO.account, authToken: TWILIO.authToken, gcp_agent_assist_user: 'flow' } },
    { body: { accountSid: TWILIO.account, authToken: 'wrong' }, statuses: [401] },
  ],
  'GET /conversation-name': [
    { ...AGENT, rest: KEY },
    { ...AGENT, rest: '?conversationIntegrationKey=nobody' },
    { ...VICTIM, rest: '?conversationIntegrationKey=lost', statuses: OR_REVOKED },
  ],
  'POST /conversation-name': [
    { ...AGENT, body: { conversationIntegrationKey: '+1555', conversationName: conversation } },
    { ...AGENT, body: { conversationIntegrationKey: 'call-7', conversationName: LOCATED } },
    {
      ...VICTIM,
      body: { conversationIntegrationKey: 'lost', conversationName: LOST_CONVERSATION },
      statuses: OR_REVOKED,
    },
  ],
  'DELETE /conversation-name': [
    { ...AGENT, rest: KEY, statuses: [200, 404] },
    { ...AGENT, rest: '?conversationIntegrationKey=call-7', statuses: [200, 404] },
  ],
  'GET /conversations': [
    { ...AGENT, statuses: [403] },
    { ...SUPERVISOR, statuses: OFTEN },
    { ...SUPERVISOR, rest: '?pageSize=5&longCallSeconds=60', statuses: OFTEN },
    { ...SUPERVISOR, rest: '?pageToken=', statuses: OFTEN },
  ],
  'POST /admin/revoke': [
    { ...ADMIN, body: { jti: VICTIM_ID } },
    { ...ADMIN, body: { sub: 'test:victim' } },
    { ...ADMIN, body: { sub: 'test:victim', blockSeconds: 2 } },
    { ...ADMIN, body: { conversation: LOST_CONVERSATION } },
  ],
  'POST /admin/trace': [
    { ...ADMIN, body: { conversation: 'fuzz-a' } },
    { ...ADMIN, body: { conversation, agent: 'test:victim' } },
  ],
  'POST /admin/erase': [{ ...ADMIN, body: { conversation: LOST_CONVERSATION } }],
  'POST …/conversations': [{ ...AGENT, body: { conversationProfile: 'p' } }],
  'GET …/conversations/…': [
    { ...AGENT, rest: '/fuzz-a/participants?pageSize=5' },
    { ...VICTIM, rest: '/fuzz-lost/messages', statuses: OR_REVOKED },
  ],
  'POST …/conversations/…': [
    { ...AGENT, rest: '/fuzz-a/participants/p:analyzeContent', body: turn },
    { ...AGENT, rest: '/fuzz-b/suggestions:suggestConversationSummary', body: {} },
    { ...AGENT, rest: '/fuzz-c:complete', body: '' },
  ],
  'PATCH …/conversations/…': [
    { ...AGENT, rest: '/fuzz-a/participants/p?updateMask=role', body: { role: 1 } },
  ],
  'POST …/suggestions:searchKnowledge': [{ ...AGENT, body: { conversation, query: { text: 'how' } } }],
  'POST …/statelessSuggestion:generate': [{ ...AGENT, body: { contextReferences: {} } }],
  'POST …/suggestions:generateStatelessSummary': [{ ...AGENT, body: { statelessConversation: {} } }],
  'GET …/answerRecords/…': [{ ...AGENT, rest: '/r' }],
  'PATCH …/answerRecords/…': [
    { ...AGENT, rest: '/r?updateMask=answerFeedback', body: { answerFeedback: {} } },
  ],
  'GET …/conversationProfiles/…': [{ ...AGENT, rest: '/p?$alt=json' }],
  'GET …/conversationModels/…': [{ ...AGENT, rest: '/m' }],
  'GET …/generators/…': [{ ...AGENT, rest: '/g' }],
  'GET …/companionAgents/…': [{ ...AGENT, rest: '/a' }],
  'GET …/companionAgentWorkflows/…': [{ ...AGENT, rest: '/w' }],
  // What a relay has beside its own routes, in the fuzzed one.
  'GET /client.js': [{}],
  ...Object.fromEntries(DESKTOP_PATHS.map((path) => [`GET ${path}`, [{}]])),
  'GET /socket.io/': [{ rest: '?EIO=4&transport=polling' }],
  'POST /socket.io/': [{ rest: '?EIO=4&transport=polling&sid=x', body: '40{}', statuses: [400] }],
  'GET /ws': [{ statuses: [404] }],
};

/** The calls, route by route. */
export const CALLS: ReadonlyMap<string, readonly Call[]> = new Map(
  Object.entries(FORMS).map(([route, forms]) => {
    const [method = '', path = ''] = route.split(' ');
    const base = path.replace('/…', '').replace('…', BASE);
    return [route, forms.map(({ rest = '', ...form }) => ({ method, target: base + rest, ...form }))];
  }),
);

for (const route of await relayRoutes()) if (!CALLS.has(route)) throw new Error(`no call of ${route}`);
