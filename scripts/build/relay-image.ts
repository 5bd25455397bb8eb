import { copyFile, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What only Google's buildpacks read. */
const OF_BUILDPACKS = ['Procfile', 'package-lock.json'];

/**
 * Makes the folder that the relay's image is built from: the Dockerfile, and in `relay/` what the image holds. It is another
 * folder than the relay's own, because `gcloud run deploy --source` builds a Dockerfile where there is one, and otherwise uses
 * buildpacks.
 *
 * @param relay The built relay.
 */
export async function buildRelayImage(relay: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of ['Dockerfile', 'cloudbuild.yaml'])
    await copyFile(join('relay', file), join(folder, file));
  const excluded = new Set(OF_BUILDPACKS.map((file) => join(relay, file)));
  await cp(relay, join(folder, 'relay'), { recursive: true, filter: (source) => !excluded.has(source) });
}
