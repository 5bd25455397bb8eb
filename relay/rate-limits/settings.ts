import { integer, type Settings, setting } from '../../shared/config.ts';

export const limitSettings = {
  trustedProxies: setting<number | undefined>('TRUSTED_PROXIES', {
    schema: integer(0, 10),
    fallback: undefined,
    remedy:
      'set it to how many proxies in front of the relay add to X-Forwarded-For, or leave it out for 1 on Cloud Run ' +
      'and 0 elsewhere',
  }),
  analyzeContentPerMinute: setting('ANALYZE_CONTENT_PER_MINUTE', {
    schema: integer(1, 1_000_000),
    fallback: 300,
    remedy: "set it to the project's quota of Dialogflow for analyzeContent, a minute",
  }),
} satisfies Settings;
