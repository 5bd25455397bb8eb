import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';

/**
 * A running relay honours the keys that it has known for a token's life: only a new one does not know them.
 *
 * @param version of the key, for a name that no revision has yet
 */
export function restartAdvice({ projectId, relayName, region }: DeploySettings, version: number): string {
  const place = `--region=${region} --project=${projectId}`;
  return [
    'Running relays still accept the old keys. Start new ones:',
    `gcloud run services update ${relayName} --revision-suffix=key-${version} ${place}`,
    'When they serve, delete the older revisions that still run; desktops come back to the new ones and register:',
    `gcloud run revisions list --service=${relayName} ${place}`,
    `gcloud run revisions delete REVISION ${place}`,
  ].join('\n');
}
