import * as v from 'valibot';
import { type Settings, setting } from '../../../shared/config.ts';

export const pageSettings = {
  desktop: setting('DESKTOP', {
    schema: v.pipe(
      v.picklist(['on', 'off']),
      v.transform((value) => value === 'on'),
    ),
    fallback: false,
    remedy: 'set it to on to serve the agent desktop page at /, or to off',
  }),
} satisfies Settings;
