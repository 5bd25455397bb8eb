// Log-based metrics of the functions: what only their log tells, as Cloud Monitoring has it. Source of the fields: Cloud
// Logging's REST reference, `projects.metrics`.
import { at, json, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { functionName } from '../settings/names.ts';
import { OWNED_DESCRIPTION } from './ownership.ts';

interface LogMetric {
  name: string;
  /** What is sent; Google adds fields of its own. */
  definition: {
    description: string;
    filter: string;
    metricDescriptor: {
      metricKind: 'DELTA';
      valueType: 'INT64' | 'DISTRIBUTION';
      unit: string;
      displayName: string;
      labels?: readonly { key: string; description: string }[];
    };
    labelExtractors?: Readonly<Record<string, string>>;
    valueExtractor?: string;
    bucketOptions?: object;
  };
}

type Named = Pick<DeploySettings, 'topics' | 'functionSuffix' | 'region'>;

/** Several deployments of a project are told apart as their functions are. */
export function logMetricName(what: string, { functionSuffix }: Pick<Named, 'functionSuffix'>): string {
  return `agent_assist/functions_${what}${functionSuffix === undefined ? '' : `-${functionSuffix}`}`;
}

/** The entries of the deployment's functions. A function is a service of Cloud Run of its name. */
function ofFunctions(settings: Named, ...conditions: string[]): string {
  const names = [...settings.topics.keys()].map((kind) => `"${functionName(settings, kind)}"`);
  return [
    'resource.type="cloud_run_revision"',
    `resource.labels.location="${settings.region}"`,
    `resource.labels.service_name=(${names.join(' OR ')})`,
    ...conditions,
  ].join('\n');
}

/** Pure. `docs/metrics.md` says what they count; what the functions log is in functions/handler.ts. */
export function logMetrics(settings: Named): LogMetric[] {
  const metric = (what: string, text: string, definition: Omit<LogMetric['definition'], 'description'>) => ({
    name: logMetricName(what, settings),
    definition: { description: `${OWNED_DESCRIPTION}: ${text}`, ...definition },
  });
  const counter = { metricKind: 'DELTA', valueType: 'INT64', unit: '1' } as const;
  return [
    metric('first_events', 'conversations whose first event was taken', {
      filter: ofFunctions(settings, 'jsonPayload.message="the first event of a conversation was taken"'),
      metricDescriptor: { ...counter, displayName: 'First events of conversations' },
    }),
    // Each line has a count. A counter would count lines, so that only a distribution has the sum.
    metric('interims_dropped', 'interim transcripts dropped; take the sum', {
      filter: ofFunctions(
        settings,
        'jsonPayload.message="interim transcripts dropped since the last such line"',
      ),
      metricDescriptor: {
        ...counter,
        valueType: 'DISTRIBUTION',
        displayName: 'Interim transcripts dropped',
      },
      valueExtractor: 'EXTRACT(jsonPayload.dropped)',
      bucketOptions: { exponentialBuckets: { numFiniteBuckets: 20, growthFactor: 2, scale: 1 } },
    }),
    metric('events_dropped', 'messages that can never become an event', {
      filter: ofFunctions(settings, 'severity=ERROR', 'jsonPayload.fault:*'),
      metricDescriptor: {
        ...counter,
        displayName: 'Events dropped',
        labels: [{ key: 'fault', description: 'why, by the codes of the log' }],
      },
      labelExtractors: { fault: 'EXTRACT(jsonPayload.fault)' },
    }),
  ];
}

export function logMetricsStep(settings: DeploySettings): Step {
  return {
    key: 'log-metrics',
    title: 'Define the log-based metrics of the functions',
    needs: ['apis'],
    permissions: ['logging.logMetrics.create', 'logging.logMetrics.get', 'logging.logMetrics.update'],
    tasks: logMetrics(settings).flatMap(metricTasks),
  };
}

function metricTasks({ name, definition }: LogMetric): Task[] {
  const metrics = ['gcloud', 'logging', 'metrics'];
  const read = [...metrics, 'describe', name, '--format=json'];
  const input = { from: 'text', text: JSON.stringify(definition) } as const;
  const isAsDefined = (reading: Reading | undefined) => isIn(definition, json(reading));
  return [
    {
      title: `log-based metric ${name}`,
      reads: [read],
      isDone: ([reading]) => reading?.found === true,
      drift: ([reading]) =>
        reading?.found !== true || isOwn(reading) || isAsDefined(reading)
          ? []
          : ['has another definition, and no deployment made it: delete it, and run npm run deploy again'],
      change: { argv: [...metrics, 'create', name, '--config-from-file=-'], input },
      undo: {
        title: `log-based metric ${name}`,
        reads: [read],
        owner: ([reading]) => {
          if (reading?.found !== true) return 'gone';
          return isOwn(reading) ? 'ours' : 'theirs';
        },
        argv: [...metrics, 'delete', name],
        permissions: ['logging.logMetrics.delete'],
      },
    },
    {
      title: `definition of ${name}`,
      reads: [read],
      isDone: ([reading]) => reading?.found !== true || !isOwn(reading) || isAsDefined(reading),
      differences: ([reading]) =>
        isOwn(reading) && !isAsDefined(reading) ? ['differs from these settings'] : [],
      onlyMends: true,
      change: { argv: [...metrics, 'update', name, '--config-from-file=-'], input },
    },
  ];
}

/** A log-based metric has no labels of its own: the description tells who made it. */
function isOwn(reading: Reading | undefined): boolean {
  return String(at(json(reading), 'description')).startsWith(OWNED_DESCRIPTION);
}

/** Whether everything that is wanted is there, whatever else there is. */
function isIn(wanted: unknown, found: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === found;
  if (Array.isArray(wanted) && (!Array.isArray(found) || found.length !== wanted.length)) return false;
  return Object.entries(wanted).every(([key, value]) => isIn(value, at(found, key)));
}
