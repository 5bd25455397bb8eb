import { createLogger } from '../../shared/log.ts';

/** A logger whose lines go nowhere. */
export const quietLogger = createLogger('test', 'error', { write: () => {} });
