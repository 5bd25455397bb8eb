// Log-based metrics, with what Cloud Logging refuses. Source: its REST reference, `projects.metrics`.
import { type Answer, asObject, failure, type Json, missing, ok, type Route } from './state.ts';

const METRICS = 'projects/[^/]+/metrics';
const invalid = (message: string) => failure(400, 'INVALID_ARGUMENT', message);

/** The name's slash is encoded within a path that is encoded, too. */
const decoded = decodeURIComponent;

export const logMetricRoutes: Route[] = [
  {
    api: 'logging',
    method: 'POST',
    path: new RegExp(`^v2/(${METRICS})$`),
    answer: ({ match: [, parent = ''], body }, state) =>
      metricFault(body) ?? state.create(`${parent}/${body.name}`, stored(body)),
  },
  {
    api: 'logging',
    method: 'GET',
    path: new RegExp(`^v2/(${METRICS}/.+)$`),
    answer: ({ match: [, name = ''] }, state) => state.get(decoded(name)),
  },
  {
    api: 'logging',
    method: 'PUT',
    path: new RegExp(`^v2/(${METRICS}/.+)$`),
    answer: ({ match: [, encoded = ''], body }, state) => {
      const name = decoded(encoded);
      const fault = metricFault(body) ?? changeFault(state.resources.get(name), body);
      if (fault !== undefined) return fault;
      state.resources.set(name, stored(body));
      return ok(stored(body));
    },
  },
  {
    api: 'logging',
    method: 'DELETE',
    path: new RegExp(`^v2/(${METRICS}/.+)$`),
    answer: ({ match: [, name = ''] }, state) =>
      state.resources.delete(decoded(name)) ? ok() : missing(name),
  },
];

/** As Google answers: with fields of its own, and without the first value of an enumeration. */
function stored(body: Json): Json {
  const descriptor = asObject(body.metricDescriptor);
  return {
    ...body,
    createTime: new Date().toISOString(),
    metricDescriptor: {
      ...descriptor,
      name: `projects/p/metricDescriptors/logging.googleapis.com/user/${body.name}`,
      type: `logging.googleapis.com/user/${body.name}`,
      ...(Array.isArray(descriptor.labels)
        ? { labels: descriptor.labels.map((label) => ({ ...asObject(label), valueType: undefined })) }
        : {}),
    },
  };
}

function metricFault({
  name,
  filter,
  metricDescriptor,
  valueExtractor,
  labelExtractors,
}: Json): Answer | undefined {
  if (!/^[\w\-.,+!*'()%][\w\-.,+!*'()%/]{0,99}$/.test(String(name)))
    return invalid(`Metric name ${name} is not valid.`);
  const text = String(filter ?? '');
  if (text === '' || text.length > 20_000 || (text.match(/"/g)?.length ?? 0) % 2 !== 0)
    return invalid('Unparseable filter: syntax error');
  const { valueType, metricKind, labels } = asObject(metricDescriptor);
  if (metricKind !== undefined && metricKind !== 'DELTA') return invalid('Metric kind must be DELTA.');
  if ((valueType === 'DISTRIBUTION') !== (valueExtractor !== undefined))
    return invalid('A value extractor goes with a distribution, and with nothing else.');
  const extractors = asObject(labelExtractors);
  const keys = Array.isArray(labels) ? labels.map((label) => String(asObject(label).key)) : [];
  if ([...keys].sort().join() !== Object.keys(extractors).sort().join())
    return invalid('Labels and label extractors must have the same keys.');
  for (const extractor of [valueExtractor, ...Object.values(extractors)])
    if (
      extractor !== undefined &&
      !/^(?:EXTRACT\([\w.]+\)|REGEXP_EXTRACT\(.+, ".+"\))$/.test(String(extractor))
    )
      return invalid(`Unparseable extractor: ${extractor}`);
  return undefined;
}

function changeFault(before: Json | undefined, body: Json): Answer | undefined {
  const old = asObject(before?.metricDescriptor);
  const { valueType, metricKind } = asObject(body.metricDescriptor);
  if (before === undefined || (old.valueType === valueType && old.metricKind === metricKind))
    return undefined;
  return invalid('metric_kind and value_type cannot be updated.');
}
