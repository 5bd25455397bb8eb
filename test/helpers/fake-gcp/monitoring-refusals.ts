// What Cloud Monitoring refuses. Rules: gcloud's generated monitoring_v3_messages.py and monitoring_v1_messages.py, AlertPolicy,
// PrometheusQueryLanguageCondition, AlertStrategy and MosaicLayout. Where no other source is named, the wording is the fake's own.
import { promqlFault } from '../promql.ts';
import { type Answer, asObject, failure, isObject, type Json, missing, type State } from './state.ts';

const SEVERITIES = ['CRITICAL', 'ERROR', 'WARNING'];
const LABEL = /^[a-z0-9_-]{0,63}$/;

const invalid = (field: string, why: string) =>
  failure(400, 'INVALID_ARGUMENT', `Field alert_policy.${field} had an invalid value: ${why}`);

export function policyFault(state: State, policy: Json): Answer | undefined {
  const { conditions, userLabels, severity, combiner, displayName, alertStrategy } = policy;
  if (policy.name !== undefined) return invalid('name', 'it is given by Cloud Monitoring.');
  if (typeof displayName !== 'string' || displayName === '' || displayName.length > 512)
    return invalid('display_name', 'it has 1 to 512 characters.');
  if (!['OR', 'AND', 'AND_WITH_MATCHING_RESOURCE'].includes(String(combiner)))
    return invalid('combiner', 'COMBINE_UNSPECIFIED.');
  if (severity !== undefined && !SEVERITIES.includes(String(severity)))
    return invalid('severity', String(severity));
  for (const [key, value] of Object.entries(asObject(userLabels)))
    if (!/^[a-z]/.test(key) || !LABEL.test(key) || !LABEL.test(String(value)))
      return invalid('user_labels', 'lower-case letters, numerals, underscores and dashes.');
  const { autoClose } = asObject(alertStrategy);
  if (autoClose !== undefined && !(secondsIn(autoClose) >= 1800))
    return invalid('alert_strategy.auto_close', 'at least 30 minutes.');
  const { content } = asObject(policy.documentation);
  if (typeof content === 'string' && Buffer.byteLength(content) > 10_240)
    return invalid('documentation.content', 'at most 10,240 bytes.');
  if (!Array.isArray(conditions) || conditions.length === 0 || conditions.length > 6)
    return invalid('conditions', 'a policy has one to six conditions.');
  for (const condition of conditions) {
    const fault = conditionFault(asObject(condition));
    if (fault !== undefined) return fault;
  }
  return channelFault(state, policy.notificationChannels);
}

function conditionFault(condition: Json): Answer | undefined {
  const field = 'conditions[0].condition_prometheus_query_language';
  const { query, duration, evaluationInterval, alertRule, disableMetricValidation } = asObject(
    condition.conditionPrometheusQueryLanguage,
  );
  if (typeof query !== 'string' || query === '') return invalid(`${field}.query`, 'it is empty.');
  const fault = promqlFault(query);
  if (fault !== undefined) return invalid(`${field}.query`, fault);
  if (duration !== undefined && !(secondsIn(duration) >= 0))
    return invalid(`${field}.duration`, 'no duration.');
  if (evaluationInterval !== undefined && !(secondsIn(evaluationInterval) % 30 === 0))
    return invalid(`${field}.evaluation_interval`, 'a positive multiple of 30 seconds.');
  if (alertRule !== undefined && !/^[A-Za-z_]\w*$/.test(String(alertRule)))
    return invalid(`${field}.alert_rule`, 'no label name of Prometheus.');
  // Nothing has written a metric of the deployment yet.
  if (disableMetricValidation !== true)
    return failure(404, 'NOT_FOUND', 'Cannot find metric(s) that match the query.');
  return undefined;
}

/** Sources: github.com/crossplane-contrib/provider-upjet-gcp, issue 498, for the first wording. */
function channelFault(state: State, channels: unknown): Answer | undefined {
  for (const channel of (Array.isArray(channels) ? channels : []).map(String)) {
    if (!/^projects\/[^/]+\/notificationChannels\/[^/]+$/.test(channel))
      return failure(
        400,
        'INVALID_ARGUMENT',
        `Name must begin with 'projects/{project_id}/notificationChannels/{channel_id}', got: ${channel}`,
      );
    if (!state.resources.has(channel)) return missing(channel);
  }
  return undefined;
}

export function dashboardFault({ displayName, mosaicLayout }: Json): Answer | undefined {
  const refused = (message: string) => failure(400, 'INVALID_ARGUMENT', message);
  if (typeof displayName !== 'string' || displayName === '')
    return refused('Dashboard is missing required field displayName.');
  const { columns = 0, tiles } = asObject(mosaicLayout);
  if (typeof columns !== 'number' || columns < 1 || columns > 48)
    return refused('Field mosaicLayout.columns has an invalid value: must be between 1 and 48.');
  for (const tile of (Array.isArray(tiles) ? tiles : []).map(asObject)) {
    const { xPos = 0, width = 0, height = 0, widget } = tile;
    if (!(Number(width) >= 1) || !(Number(height) >= 1) || Number(xPos) + Number(width) > columns)
      return refused('Field mosaicLayout.tiles has an invalid value: must be contained within the columns.');
    const fault = widgetFault(asObject(widget));
    if (fault !== undefined) return refused(fault);
  }
  return undefined;
}

/** Source of the first wording: github.com/GoogleCloudPlatform/k8s-config-connector, mockgcp/mockmonitoring/dashboard.go. */
function widgetFault({ sectionHeader, xyChart }: Json): string | undefined {
  if (!isObject(sectionHeader) && !isObject(xyChart))
    return 'Dashboard is missing required field mosaicLayout.tiles[].widget.content.';
  if (!isObject(xyChart)) return undefined;
  const sets = Array.isArray(xyChart.dataSets) ? xyChart.dataSets.map(asObject) : [];
  if (sets.length === 0) return 'Dashboard is missing required field xyChart.dataSets.';
  for (const { timeSeriesQuery } of sets) {
    const { prometheusQuery } = asObject(timeSeriesQuery);
    const fault = promqlFault(String(prometheusQuery ?? ''));
    if (fault !== undefined) return `Field prometheusQuery has an invalid value: ${fault}`;
  }
  return undefined;
}

/** Seconds of a duration such as `60s`; NaN of anything else. */
function secondsIn(duration: unknown): number {
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(String(duration)) ?? [];
  return Number(seconds);
}
