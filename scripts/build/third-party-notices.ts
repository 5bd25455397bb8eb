// The licences of the packages that a bundle holds: those of MIT and BSD ask that they go along with the code.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
/** Names under which packages keep their licence. */
const LICENSE_FILES = '{LICENSE,LICENCE,license,licence,License,COPYING,NOTICE}*';

/**
 * The folders of the packages that files belong to, each once.
 *
 * @param inputs Paths from the root of the repository, as in a metafile of esbuild.
 */
export function packageFolders(inputs: Iterable<string>): string[] {
  const folders = [...inputs].flatMap((input) => FOLDER.exec(input.replaceAll('\\', '/'))?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** One section for each package: its name, version and licence, and the text of its licence. */
export function thirdPartyNotices(inputs: Iterable<string>, root = '.'): string {
  const sections = packageFolders(inputs).map((folder) => noticeOf(join(root, folder)));
  const head = 'This folder holds code of the packages below, under the licences that follow their names.\n';
  return [head, ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}

function noticeOf(folder: string): string {
  const manifest = join(folder, 'package.json');
  const { name, version, license }: Record<string, unknown> = existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, 'utf8'))
    : {};
  const texts = globSync(LICENSE_FILES, { cwd: folder })
    .filter((file) => /^(?:[^.]+|.*\.(?:md|txt|markdown|mit|bsd))$/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const title = `${String(name ?? folder)} ${String(version ?? '')} (${licenceText(license)})`;
  return `${[title, ...texts].join('\n\n')}\n`;
}

/** Old packages have an object, `{"type": "MIT"}`. */
function licenceText(license: unknown): string {
  if (typeof license === 'string') return license;
  const type =
    typeof license === 'object' && license !== null && 'type' in license ? license.type : undefined;
  return typeof type === 'string' ? type : 'licence not named';
}
