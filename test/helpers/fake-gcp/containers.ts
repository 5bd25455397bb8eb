// The containers of a Cloud Run service: what Cloud Run adds to them, and what it refuses.
import { type Answer, asObject, failure, type Json } from './state.ts';

const invalid = (message: string) => failure(400, 'INVALID_ARGUMENT', message);
const MAX_CPUS = 8;

export function containersOf(spec: Json): Json[] {
  return Array.isArray(spec.containers) ? spec.containers.map(asObject) : [];
}

/** A container without a name gets the service's with a number, and a single one the port 8080. */
export function withDefaults(spec: Json, service: string): Json {
  const containers = containersOf(spec);
  return {
    ...spec,
    containers: containers.map((container, index) => ({
      ...container,
      // gcloud sends an empty name.
      name: container.name || `${service}-${index + 1}`,
      ...(containers.length === 1 && container.ports === undefined
        ? { ports: [{ name: 'http1', containerPort: 8080 }] }
        : {}),
    })),
  };
}

/** Secrets that the containers read, as variables or as files. */
export function secretsIn(spec: Json): string[] {
  const variables = containersOf(spec).flatMap(({ env }) => (Array.isArray(env) ? env.map(asObject) : []));
  const volumes = Array.isArray(spec.volumes) ? spec.volumes.map(asObject) : [];
  return [
    ...variables.map(({ valueFrom }) => asObject(asObject(valueFrom).secretKeyRef).name),
    ...volumes.map(({ secret }) => asObject(secret).secretName),
  ].flatMap((name) => (name === undefined ? [] : [String(name)]));
}

/** CPUs of all containers together. */
export function cpusOf(spec: Json): number {
  return containersOf(spec).reduce((sum, container) => sum + cpuOf(container), 0);
}

function cpuOf({ resources }: Json): number {
  const text = String(asObject(asObject(resources).limits).cpu ?? 1);
  return text.endsWith('m') ? Number.parseFloat(text) / 1000 : Number(text);
}

export function containersFault(spec: Json, annotations: Json): Answer | undefined {
  const containers = containersOf(spec);
  const names = containers.map(({ name }) => name);
  const withPort = containers.filter(({ ports }) => Array.isArray(ports) && ports.length > 0);
  // Source: GoogleCloudPlatform/terraform-google-cloud-run, issue 302.
  if (containers.length > 1 && withPort.length !== 1)
    return invalid(
      'spec.template.spec.containers: Revision template should contain exactly one container with an exposed port.',
    );
  if (new Set(names).size < names.length) return invalid('Container names must be unique.');
  // Source: nearform/slack-knowledgebase-chatgpt-responder, issue 980.
  const cpus = cpusOf(spec);
  if (cpus < 1 && Number(spec.containerConcurrency ?? 80) > 1)
    return invalid(
      'spec.template.spec.containers.resources.limits.cpu: Invalid value specified for cpu. Total cpu < 1 is not supported ' +
        'with concurrency > 1.',
    );
  if (cpus > MAX_CPUS) return invalid(`Total cpu ${cpus} exceeds ${MAX_CPUS}.`);
  const volumes = Array.isArray(spec.volumes) ? spec.volumes.map((volume) => asObject(volume).name) : [];
  for (const { volumeMounts } of containers)
    for (const mount of Array.isArray(volumeMounts) ? volumeMounts.map(asObject) : [])
      if (!volumes.includes(mount.name)) return invalid(`No volume ${mount.name} is declared.`);
  const dependencies = JSON.parse(String(annotations['run.googleapis.com/container-dependencies'] ?? '{}'));
  for (const [container, others] of Object.entries(dependencies))
    for (const name of [container, ...(others as string[])])
      if (!names.includes(name)) return invalid(`Dependency on unknown container ${name}.`);
  return undefined;
}
