import { createFunction } from '../runtime.ts';

const handler = createFunction('new-message-event', process.env);

export { handler as 'new-message-event' };
