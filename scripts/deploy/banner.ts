import { type GivenSettings, originOf } from '../cli/env-file.ts';
import { alignColumns } from '../cli/table.ts';
import type { DeploySettings } from './settings/deploy-settings.ts';
import { imageName } from './steps/relay-image.ts';

const METRICS = { on: 'to Cloud Monitoring', off: 'to nowhere' } as const;

/**
 * Where a command works, and why there: project, account, region, the relay's image and where metrics go, each with where it
 * comes from.
 *
 * @param account Who works, where that is known.
 */
export function banner(settings: DeploySettings, given: GivenSettings, account?: string): string {
  const { projectId, region, adminAccount, relayImage, monitoring } = settings;
  const image = imageName(settings);
  const row = (what: string, value: string, name: string, otherwise: string) => [
    what,
    value,
    `(${originOf(name, given) ?? otherwise})`,
  ];
  const who = account ?? adminAccount;
  return alignColumns([
    row('project', projectId, 'GCP_PROJECT_ID', 'default'),
    ...(who === undefined
      ? []
      : [row('account', who, 'ADMIN_ACCOUNT', "gcloud's own: gcloud config set account changes it")]),
    row('region', region, 'SERVICE_REGION', 'default of SERVICE_REGION'),
    ...(image === undefined
      ? []
      : [row('image', image, relayImage === undefined ? 'DEPLOY_FROM' : 'RELAY_IMAGE', 'default')]),
    row('metrics', METRICS[monitoring], 'MONITORING', 'default of MONITORING'),
  ]);
}
