import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import type { Plan } from '../../gcloud/step.ts';
import type { Tools } from '../../gcloud/tools.ts';

export interface DiagnoseOptions {
  settings: DeploySettings;
  plan: Plan;
  tools: Tools;
  /** Origin of a desktop, such as `https://desk.example`. */
  origin?: string | undefined;
  /** What an agent sends to `POST /register`. */
  credential?: string | undefined;
  /** Whether made-up events are sent through everything. */
  withEvents: boolean;
  patienceMs: number;
}
