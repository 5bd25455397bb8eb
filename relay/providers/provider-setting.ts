import * as v from 'valibot';
import type { Setting } from '../../shared/config.ts';

/** The fault of a setting that `option` requires, where it has no value. */
export function missing(declared: Setting<unknown>, value: unknown, option: string): string[] {
  return value === undefined
    ? [`${declared.env} is not set, and ${option} needs it: ${declared.remedy}`]
    : [];
}

/** A host name of a provider, in lower case, without path, port and user, so that it cannot redirect a call. */
export function hostName(pattern: RegExp): v.GenericSchema<string, string> {
  return v.pipe(v.string(), v.toLowerCase(), v.maxLength(253), v.regex(pattern));
}

/** A switch that only the word `allow` turns on. */
export const allow: v.GenericSchema<string, true> = v.pipe(
  v.string(),
  v.literal('allow'),
  v.transform((): true => true),
);

export const uuid: v.GenericSchema<string, string> = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
);
