// Where to look further, as commands that can be pasted.
import type { EventKind } from '../../../shared/event.ts';
import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { functionName } from '../../deploy/settings/names.ts';
import { shellLine } from '../../gcloud/shell.ts';

export function relayLogs(settings: DeploySettings): string {
  return serviceLogs(settings.relayName, settings);
}

/** With Direct VPC egress a function is a service of Cloud Run, and Cloud Functions does not know it. */
export function functionLogs(kind: EventKind, settings: DeploySettings): string {
  const name = functionName(settings, kind);
  if (settings.functionNetwork === 'direct') return serviceLogs(name, settings);
  return shellLine(['gcloud', 'functions', 'logs', 'read', name, '--gen2', ...place(settings)]);
}

function serviceLogs(name: string, settings: DeploySettings): string {
  return shellLine(['gcloud', 'run', 'services', 'logs', 'read', name, ...place(settings)]);
}

function place({ region, projectId }: DeploySettings): string[] {
  return [`--region=${region}`, `--project=${projectId}`];
}
