import { at } from '../../gcloud/step.ts';
import {
  type AlertPolicy,
  alertPolicies,
  cloudDashboard,
  dashboardName,
  type Owner,
  ownLabels,
} from '../../monitoring/cloud-monitoring.ts';
import { type DeploymentNames, oneDeployment } from '../../monitoring/sources.ts';
import { RequestError } from '../../request-error.ts';
import { changesOf, type Found, isSameDashboard, ownPolicies } from './differences.ts';
import type { MonitoringApi } from './monitoring-api.ts';

export interface Asked {
  api: MonitoringApi;
  owner: Owner;
  names: DeploymentNames;
  /** Whom the policies tell; without any there are none, and no dashboard. */
  channels: readonly string[];
  /** Whether it will do to say that the account may not look, where nobody is told. */
  mayBeHidden?: boolean;
}

/** What `show` prints as JSON. */
export interface Shown {
  /** Names of what is there. */
  present: string[];
  /** What is not as it should be, for people. */
  differences: string[];
  /** Titles of the policies that somebody has disabled. */
  disabled: string[];
  /** Whether the account may not look, so that nothing is known. */
  isHidden: boolean;
}

/** Each answers what is to be printed. */
export const VERBS: Readonly<Record<string, (asked: Asked) => Promise<string>>> = {
  async show(asked) {
    const { policies, dashboard, isHidden = false } = await look(asked);
    const { missing, different, obsolete } = changesOf(policies, wantedPolicies(asked));
    const wanted = wantedDashboard(asked);
    const shown: Shown = {
      present: [...policies.map(({ name }) => name), ...(dashboard === undefined ? [] : [wanted.name])],
      differences: [
        ...missing.map(({ displayName }) => `lack the policy "${displayName}"`),
        ...different.map((each) => `have another definition of "${each.wanted.displayName}"`),
        ...obsolete.map(({ title }) => `have "${title}" too many`),
        ...dashboardDifferences(asked, dashboard),
      ],
      disabled: policies.filter(({ isEnabled }) => !isEnabled).map(({ title }) => title),
      isHidden,
    };
    return JSON.stringify(shown);
  },

  /** One call after the other, as Google asks of calls that change alert policies. */
  async apply(asked) {
    await demandChannels(asked);
    const { api, owner, channels } = asked;
    const { policies, dashboard } = await look(asked);
    const { missing, different, obsolete } = changesOf(policies, wantedPolicies(asked));
    for (const policy of missing)
      await api.ask('POST', `v3/projects/${owner.projectId}/alertPolicies`, { ...policy, enabled: true });
    for (const { name, wanted } of different)
      await api.ask('PATCH', `v3/${name}?updateMask=${Object.keys(wanted).join(',')}`, wanted);
    for (const { name } of obsolete) await api.ask('DELETE', `v3/${name}`);
    if (channels.length > 0) await putDashboard(asked, dashboard);
    else if (dashboard !== undefined) await api.ask('DELETE', `v1/${dashboardName(owner)}`);
    return `${missing.length} made, ${different.length} updated, ${obsolete.length} removed`;
  },

  async delete(asked) {
    return (await VERBS.apply?.({ ...asked, channels: [] })) ?? '';
  },

  /** Prints the channels. @throws {Error} in gcloud's words for it when one of them is not there. */
  async channels(asked) {
    await demandChannels(asked);
    return asked.channels.join('\n');
  },
};

interface Look {
  policies: Found[];
  dashboard: unknown;
  isHidden?: boolean;
}

const NOTHING: Look = { policies: [], dashboard: undefined };

/** Where nobody is told and the API is off, nothing of it was made. */
async function look(asked: Asked): Promise<Look> {
  try {
    return await lookAtGoogle(asked);
  } catch (error) {
    if (asked.channels.length > 0 || !(error instanceof RequestError)) throw error;
    if (/has not been used in project/.test(error.message)) return NOTHING;
    if (asked.mayBeHidden && error.status === 403) return { ...NOTHING, isHidden: true };
    throw error;
  }
}

async function lookAtGoogle({ api, owner }: Asked): Promise<Look> {
  const all = await api.list(`v3/projects/${owner.projectId}/alertPolicies`, 'alertPolicies');
  return {
    policies: ownPolicies(all, ownLabels(owner)),
    dashboard: await api.find(`v1/${dashboardName(owner)}`),
  };
}

function wantedPolicies({ owner, names, channels }: Asked): AlertPolicy[] {
  return channels.length === 0 ? [] : alertPolicies(owner, oneDeployment(names), channels);
}

function wantedDashboard({ owner, names }: Asked) {
  return cloudDashboard(owner, oneDeployment(names));
}

function dashboardDifferences(asked: Asked, dashboard: unknown): string[] {
  const isWanted = asked.channels.length > 0;
  if (dashboard === undefined) return isWanted ? ['lack the dashboard'] : [];
  if (!isWanted) return ['have a dashboard that these settings do not want'];
  return isSameDashboard(dashboard, wantedDashboard(asked))
    ? []
    : ['have a dashboard with another definition'];
}

async function putDashboard(asked: Asked, have: unknown): Promise<void> {
  const { api, owner } = asked;
  const wanted = wantedDashboard(asked);
  if (have === undefined) await api.ask('POST', `v1/projects/${owner.projectId}/dashboards`, wanted);
  // The etag says which version is replaced: Google refuses the change when somebody was faster.
  else if (!isSameDashboard(have, wanted))
    await api.ask('PATCH', `v1/${wanted.name}`, { ...wanted, etag: at(have, 'etag') });
}

async function demandChannels({ api, owner, channels }: Asked): Promise<void> {
  for (const channel of channels) {
    if ((await api.find(`v3/${channel}`)) !== undefined) continue;
    throw new Error(
      `NOT_FOUND: NOTIFICATION_CHANNELS names ${channel}, and there is no such channel: ` +
        `gcloud beta monitoring channels list --project=${owner.projectId} lists those that are there`,
    );
  }
}
