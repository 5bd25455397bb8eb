// The lock file of a folder that is deployed, cut out of the repository's own: a build needs no network, and what runs
// in the cloud is what was tested here.

/** The fields of package.json that npm compares with the first entry of a lock file. */
export interface Manifest {
  name: string;
  version: string;
  license?: string;
  engines?: Readonly<Record<string, string>>;
  dependencies: Readonly<Record<string, string>>;
}

/** One installed package, as npm writes it. Source: docs.npmjs.com, package-lock-json, `packages`. */
interface LockedPackage {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  [field: string]: unknown;
}

export interface LockFile {
  lockfileVersion: number;
  /** By place: `''` is the root, `node_modules/a/node_modules/b` the b that a has for itself. */
  packages: Record<string, LockedPackage>;
}

const NODE_MODULES = 'node_modules/';

/**
 * What `npm ci` installs for a manifest whose dependencies are all in `whole`, each where `whole` has it.
 *
 * @throws {Error} when `whole` lacks a dependency, or has another version than the one that the manifest names.
 */
export function lockFileFor(manifest: Manifest, whole: LockFile): LockFile & Record<string, unknown> {
  const { name, version, license, engines, dependencies } = manifest;
  const found = new Map<string, LockedPackage>();
  for (const [dependency, wanted] of Object.entries(dependencies)) {
    const place = NODE_MODULES + dependency;
    const locked = whole.packages[place]?.version;
    if (locked !== wanted)
      throw new Error(`package-lock.json has ${dependency} ${locked}, and ${name} needs ${wanted}`);
    collect(place, whole, found);
  }
  const places = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name,
    version,
    lockfileVersion: whole.lockfileVersion,
    requires: true,
    packages: {
      '': { name, version, ...(license ? { license } : {}), dependencies, ...(engines ? { engines } : {}) },
      ...Object.fromEntries(places),
    },
  };
}

function collect(place: string, whole: LockFile, found: Map<string, LockedPackage>): void {
  if (found.has(place)) return;
  const { dev: _, ...locked } = whole.packages[place] ?? {};
  found.set(place, locked);
  const { dependencies, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta } = locked;
  const isOptional = (name: string) =>
    name in optionalDependencies || peerDependenciesMeta?.[name]?.optional === true;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    const dependency = resolve(name, place, whole);
    if (dependency !== undefined) collect(dependency, whole, found);
    else if (!isOptional(name)) throw new Error(`package-lock.json lacks ${name}, which ${place} needs`);
  }
}

/** As Node looks for it: beside the package itself, then beside each one around it. */
function resolve(name: string, from: string, whole: LockFile): string | undefined {
  for (let folder = `${from}/`; ; ) {
    const place = `${folder}${NODE_MODULES}${name}`;
    if (place in whole.packages) return place;
    const end = folder.lastIndexOf(NODE_MODULES);
    if (end < 0) return undefined;
    folder = folder.slice(0, end);
  }
}
