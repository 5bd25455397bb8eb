import { integer, type Settings, setting } from '../../shared/config.ts';

export const metricsSettings = {
  metricsPort: setting<number | undefined>('METRICS_PORT', {
    schema: integer(1, 65535),
    fallback: undefined,
    remedy: 'set it to the port for GET /metrics, another than PORT, or leave it out for none',
  }),
} satisfies Settings;
