// What Google has beside what it should have. Pure.

import { at, lastPart } from '../../gcloud/step.ts';
import { ALERT_LABEL, type AlertPolicy, type Dashboard } from '../../monitoring/cloud-monitoring.ts';

/** A policy as Google answers it. */
export interface Found {
  /** `projects/PROJECT/alertPolicies/ID` */
  name: string;
  /** Id of its alert; empty when it has none. */
  alert: string;
  title: string;
  isEnabled: boolean;
  policy: unknown;
}

/** The policies that carry the labels. */
export function ownPolicies(all: readonly unknown[], labels: Readonly<Record<string, string>>): Found[] {
  return all
    .filter((policy) =>
      Object.entries(labels).every(([key, value]) => at(policy, 'userLabels', key) === value),
    )
    .map((policy) => ({
      name: String(at(policy, 'name') ?? ''),
      alert: String(at(policy, 'userLabels', ALERT_LABEL) ?? ''),
      title: String(at(policy, 'displayName') ?? ''),
      isEnabled: at(policy, 'enabled') !== false,
      policy,
    }));
}

/** What becomes of the policies. Whether one is enabled is the operators' to say. */
export interface Changes {
  missing: AlertPolicy[];
  different: { name: string; wanted: AlertPolicy }[];
  /** Of an alert that there is no longer, or a second one of the same alert. */
  obsolete: Found[];
}

export function changesOf(found: readonly Found[], wanted: readonly AlertPolicy[]): Changes {
  const changes: Changes = { missing: [], different: [], obsolete: [] };
  const kept = new Set<Found>();
  for (const policy of wanted) {
    const have = found.find(({ alert }) => alert === policy.userLabels[ALERT_LABEL]);
    if (have === undefined) changes.missing.push(policy);
    else if (!isSamePolicy(have.policy, policy)) changes.different.push({ name: have.name, wanted: policy });
    if (have !== undefined) kept.add(have);
  }
  changes.obsolete = found.filter((policy) => !kept.has(policy));
  return changes;
}

/** What an alert looks at, when it fires, what it says and whom it tells. */
function isSamePolicy(have: unknown, want: AlertPolicy): boolean {
  const channels = at(have, 'notificationChannels');
  return (
    JSON.stringify(essence(have)) === JSON.stringify(essence(want)) &&
    // Google may answer with the number of the project where its id was given.
    sameSet((Array.isArray(channels) ? channels : []).map(lastPart), want.notificationChannels.map(lastPart))
  );
}

function essence(policy: unknown): unknown[] {
  const conditions = at(policy, 'conditions');
  return [
    at(policy, 'displayName'),
    at(policy, 'severity'),
    String(at(policy, 'documentation', 'content') ?? '').trim(),
    ...(Array.isArray(conditions) ? conditions : []).map((condition: unknown) => {
      const language = at(condition, 'conditionPrometheusQueryLanguage');
      return [
        String(at(language, 'query') ?? '').trim(),
        at(language, 'duration') ?? '0s',
        at(language, 'evaluationInterval'),
      ];
    }),
  ];
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify([...new Set(one)].sort()) === JSON.stringify([...new Set(other)].sort());
}

/** Whether the dashboard is as wanted. Google adds defaults to what it was given. */
export function isSameDashboard(have: unknown, { displayName, mosaicLayout }: Dashboard): boolean {
  return holds(have, { displayName, mosaicLayout });
}

/** Whether everything in `part` is in the whole, lists entry by entry. */
function holds(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part))
    return (
      Array.isArray(whole) &&
      whole.length === part.length &&
      part.every((entry, index) => holds(whole[index], entry))
    );
  if (typeof part !== 'object' || part === null) return whole === part;
  return Object.entries(part).every(([key, value]) => holds(at(whole, key), value));
}
