import { createFunction } from '../runtime.ts';

const handler = createFunction('new-recognition-result-notification-event', process.env);

export { handler as 'new-recognition-result-notification-event' };
