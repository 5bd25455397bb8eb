import * as v from 'valibot';
import { type Setting, type Settings, setting } from '../../shared/config.ts';

/** An origin's URL: scheme, host and port, as `https://host:port` without a slash at the end. */
const originUrl = v.pipe(
  v.string(),
  v.url(),
  v.transform((url) => new URL(url)),
  v.check(({ protocol }) => protocol === 'http:' || protocol === 'https:'),
  v.check(({ username, password }) => username === '' && password === ''),
  v.check(({ pathname, search, hash }) => pathname === '/' && search === '' && hash === ''),
  v.transform(({ origin }) => origin),
);

/** Where something stands in for a service of Google's. */
function standIn(env: string): Setting<string | undefined> {
  return setting<string | undefined>(env, {
    schema: originUrl,
    fallback: undefined,
    remedy:
      'set it to an http or https URL without user, path or query, such as http://127.0.0.1:9000, ' +
      "or leave it out for Google's own",
  });
}

export const endpointSettings = {
  dialogflowEndpoint: standIn('DIALOGFLOW_ENDPOINT'),
  webChannelEndpoint: standIn('DIALOGFLOW_WEBCHANNEL_ENDPOINT'),
} satisfies Settings;
