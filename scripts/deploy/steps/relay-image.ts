// The relay's image, with DEPLOY_FROM=image: built here, or by others.
import { type Argv, at, json, type Lookup, type Reading, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { type ImageReference, parseImage } from '../settings/image-reference.ts';
import { buildAccountFlag, buildAccountName, type SourceDigests } from './deploy-flags.ts';
import { OWNED_FLAG, sharesProject, undoLabelled } from './ownership.ts';
import { exists } from './predicates.ts';
import { sourcePermissions } from './run-service.ts';

const FOLDER = 'dist/relay-image';
/** Of a digest of the folder: enough that two builds never share a tag. */
const TAG_DIGITS = 32;
const DIGEST_LOOKUP = 'RELAY_IMAGE_DIGEST';

/** How the relay comes to Cloud Run: what is made before, and what the service is deployed with. */
export interface RelaySource {
  /** The repository and the image. */
  tasks: Task[];
  flags: readonly string[];
  /** Of the folder that the service itself is built from. That of an image is in its tag. */
  sourceDigest: string;
  permissions: readonly string[];
  lookups: Readonly<Record<string, Lookup>>;
}

export function relaySource(settings: DeploySettings, digests: SourceDigests): RelaySource {
  const image = relayImage(settings, digests);
  if (image === undefined)
    return {
      tasks: [],
      flags: ['--source=dist/relay', buildAccountFlag(settings)],
      sourceDigest: digests['dist/relay'] ?? '',
      permissions: sourcePermissions,
      lookups: {},
    };
  const isOwn = settings.relayImage === undefined;
  return {
    tasks: isOwn ? [repositoryTask(settings), imageTask(settings, image)] : [],
    flags: [`--image=${image.name}@${image.digest ?? `{{${DIGEST_LOOKUP}}}`}`],
    sourceDigest: '',
    permissions: isOwn ? [...sourcePermissions, ...buildPermissions] : givenPermissions(settings, image),
    lookups: image.digest === undefined ? { [DIGEST_LOOKUP]: digestLookup(image, isOwn) } : {},
  };
}

/** The image that is deployed, with its tag or its digest; undefined where Cloud Run builds the relay from its folder. */
export function relayImage(settings: DeploySettings, digests: SourceDigests): ImageReference | undefined {
  const { deployFrom, relayImage: given, region, projectId, imageRepository, imageName } = settings;
  if (deployFrom === 'source') return undefined;
  if (given !== undefined) return parseImage(given);
  const tag = (digests[FOLDER] ?? '').slice(0, TAG_DIGITS) || 'none';
  const path = projectId.replace(':', '/');
  return {
    name: `${region}-docker.pkg.dev/${path}/${imageRepository}/${imageName}`,
    location: region,
    project: projectId,
    repository: imageRepository,
    image: imageName,
    tag: `source-${tag}`,
  };
}

/** What people call the image; undefined where Cloud Run builds the relay from its folder. */
export function imageName(settings: DeploySettings): string | undefined {
  return settings.relayImage ?? relayImage(settings, {})?.name;
}

/** What it takes to find the digest of a tag. */
const tagPermissions = ['artifactregistry.repositories.get', 'artifactregistry.tags.list'];

const buildPermissions = [...tagPermissions, 'cloudbuild.builds.get', 'storage.buckets.list'];

/** Of an image that exists. Those on another project cannot be asked for together with those on this one. */
function givenPermissions({ projectId }: DeploySettings, { project, digest }: ImageReference): string[] {
  return [
    ...sourcePermissions.filter((permission) => /^(?:run|compute)\./.test(permission)),
    ...(project === projectId ? ['artifactregistry.repositories.downloadArtifacts'] : []),
    ...(project === projectId && digest === undefined ? tagPermissions : []),
  ];
}

function digestLookup(image: ImageReference, isOwn: boolean): Lookup {
  return {
    argv: digestOf(image),
    whenEmpty: isOwn
      ? 'the image is not built yet'
      : `no image has the tag ${image.tag}: set RELAY_IMAGE to one that is there`,
  };
}

/** Prints the digest of the image that has the tag; nothing where none has. Its project may be another one. */
export function digestOf({ name, tag }: ImageReference): Argv {
  // gcloud's `images describe` would ask Container Analysis as well, whose API may be off.
  return [
    ...['gcloud', 'artifacts', 'docker', 'tags', 'list', name],
    ...[`--filter=tag.basename()=${tag}`, '--format=value(version.basename())'],
  ];
}

function repositoryTask(settings: DeploySettings): Task {
  const { imageRepository, region } = settings;
  const repositories = ['gcloud', 'artifacts', 'repositories'];
  const target = [imageRepository, `--location=${region}`];
  const read = [...repositories, 'describe', ...target, '--format=json'];
  return {
    title: `repository ${imageRepository}`,
    reads: [read],
    isDone: exists,
    drift: ([found]) => formatDifferences(found),
    change: { argv: [...repositories, 'create', ...target, '--repository-format=docker', OWNED_FLAG] },
    undo: undoLabelled({
      title: `repository ${imageRepository} and its images`,
      read,
      argv: [...repositories, 'delete', ...target],
      permissions: ['artifactregistry.repositories.delete'],
      isShared: sharesProject(settings),
    }),
  };
}

function formatDifferences(found: Reading | undefined): string[] {
  const format = at(json(found), 'format');
  if (found?.found !== true || format === 'DOCKER') return [];
  return [`holds ${String(format)}, not images: set IMAGE_REPOSITORY to another name`];
}

/** The tag is a digest of the folder, so that what was built once is not built again. */
function imageTask(settings: DeploySettings, image: ImageReference): Task {
  const { region } = settings;
  const reference = `${image.name}:${image.tag}`;
  const differences = ([digest]: readonly Reading[]) =>
    digest?.found === true && digest.text.trim() !== '' ? [] : ['is not built'];
  return {
    title: `image ${reference}`,
    reads: [digestOf(image)],
    isDone: (readings) => differences(readings).length === 0,
    differences,
    // Another build of the same image asks nobody.
    isNew: () => false,
    change: {
      argv: [
        ...['gcloud', 'builds', 'submit', FOLDER, `--config=${FOLDER}/cloudbuild.yaml`],
        ...[`--substitutions=_IMAGE=${reference}`, `--region=${region}`],
        // The default account has no role in newer organisations. Source: Cloud Build, "Configure user-specified service
        // accounts".
        `--service-account=${buildAccountName(settings)}`,
      ],
    },
  };
}
