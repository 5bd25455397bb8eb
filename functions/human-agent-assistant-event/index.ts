import { createFunction } from '../runtime.ts';

const handler = createFunction('human-agent-assistant-event', process.env);

export { handler as 'human-agent-assistant-event' };
