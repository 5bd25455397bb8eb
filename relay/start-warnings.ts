import type { RelayConfig } from './config.ts';

/** What whoever runs the relay should know of a configuration that works, as lines for the log. */
export function startWarnings({ allowedOrigins }: Pick<RelayConfig, 'allowedOrigins'>): string[] {
  return allowedOrigins === undefined
    ? [
        'CORS_ALLOWED_ORIGINS is not set: pages of any origin may use the relay. Set it to the origins of the desktops',
      ]
    : [];
}
