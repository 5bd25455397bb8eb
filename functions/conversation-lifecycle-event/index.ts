import { createFunction } from '../runtime.ts';

const handler = createFunction('conversation-lifecycle-event', process.env);

export { handler as 'conversation-lifecycle-event' };
