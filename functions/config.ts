import { historySettings, integer, type Settings, setting, sharedSettings } from '../shared/config.ts';
import { EVENT_MAX_BYTES } from '../shared/event.ts';
import { tracingSettings } from '../shared/tracing/settings.ts';

/** The settings of the four functions. */
export const functionSettings = {
  ...sharedSettings,
  ...historySettings,
  ...tracingSettings,
  eventMaxBytes: setting('EVENT_MAX_BYTES', {
    schema: integer(1_024, 10 * 1024 * 1024),
    fallback: EVENT_MAX_BYTES,
    remedy: 'set it to the largest payload in bytes, from 1024 to 10485760 (the limit of Pub/Sub)',
  }),
} satisfies Settings;
