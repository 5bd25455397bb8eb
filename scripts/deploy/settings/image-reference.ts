// References of container images, and which settings of images go together.

/** An image of Artifact Registry. Source: Artifact Registry, "Repository and image names". */
export interface ImageReference {
  /** `us-central1-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE`, without tag and digest. */
  name: string;
  location: string;
  project: string;
  repository: string;
  /** The image's path in the repository, which may have slashes. */
  image: string;
  tag?: string;
  /** `sha256:` and 64 hexadecimal digits. With it the tag says nothing. */
  digest?: string;
}

const HOST = /^([a-z0-9-]+)-docker\.pkg\.dev$/;
/** A domain-scoped project, `example.com:project`, has a slash for its colon. */
const PATH = /^((?:[a-z0-9.-]+\.[a-z]+\/)?[a-z0-9-]+)\/([a-z0-9-]+)\/(.+)$/;
/** Source: github.com/distribution/reference, regexp.go, `path-component`. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const REFERENCE = /^([^/]+)\/([^:@]+)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** @returns undefined where the text is no image of Artifact Registry. */
export function parseImage(text: string): ImageReference | undefined {
  const [, host = '', path = '', tag, digest] = REFERENCE.exec(text) ?? [];
  const [, location] = HOST.exec(host) ?? [];
  const [, project, repository, image] = PATH.exec(path) ?? [];
  const isImage = image?.split('/').every((component) => COMPONENT.test(component));
  if (location === undefined || project === undefined || repository === undefined) return undefined;
  if (image === undefined || isImage !== true) return undefined;
  return {
    name: `${host}/${path}`,
    ...{ location, repository, image },
    project: project.replace('/', ':'),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** What is wrong with the text as an image to deploy, without the text. */
export function imageFault(text: string): string | undefined {
  const image = parseImage(text);
  if (image !== undefined)
    return image.tag === undefined && image.digest === undefined
      ? 'it names no version: add a tag or a digest'
      : undefined;
  if (/^https?:\/\//.test(text)) return 'it begins with the image, without https://';
  if (/@/.test(text) && !/@sha256:[0-9a-f]{64}$/.test(text))
    return 'a digest is sha256: and 64 hexadecimal digits';
  if (/^[^/]*gcr\.io\//.test(text))
    return 'Container Registry is shut down, and its images are in Artifact Registry: name this one as REGION-docker.pkg.dev/…';
  return 'it is no image of Artifact Registry';
}

/** Each a sentence that names the variable. */
export function imageFaults({
  deployFrom,
  relayImage,
}: {
  deployFrom: 'source' | 'image';
  relayImage: string | undefined;
}): string[] {
  if (relayImage === undefined || deployFrom === 'image') return [];
  return ['RELAY_IMAGE is set and DEPLOY_FROM is not image: set DEPLOY_FROM=image, or leave RELAY_IMAGE out'];
}
