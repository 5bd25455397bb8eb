import { pathsIn } from './markdown.ts';

/** One of the walks of docs/architecture.md. */
export interface Walk {
  /** How many files the page says that it has. */
  count: number;
  /** The files of its steps, in order, those included that it has in common with the walk before it. */
  files: string[];
  /** The files that are only called on the way. */
  called: string[];
}

/** The walks of the page, in order: an event, a join with a cursor, a join by name, a registration, a proxied call. */
export function walksIn(page: string): Walk[] {
  const sections = page.split(/^### /m).slice(1);
  return sections.flatMap((section) => walksInSection(section, calledIn(section, page)));
}

/** The files that are only called: a list of the section's own, or one that it has in common with another. */
function calledIn(section: string, page: string): string[] {
  const [list = '', ...letters] = /^Also called, in (\w) and (\w):[\s\S]*?\n\n/m.exec(page) ?? [];
  if (letters.some((letter) => section.startsWith(`${letter}.`))) return pathsIn(list);
  return pathsIn(/^Also called:[\s\S]*?\n\n/m.exec(section)?.[0] ?? '');
}

function walksInSection(section: string, called: string[]): Walk[] {
  const [, ...parts] = section.split(/\*\*(\d+) files\*\*/);
  const walks: Walk[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const text = parts[index + 1] ?? '';
    const [, from, to] = /steps (\d+) to (\d+) above/.exec(text) ?? [];
    const shared = from === undefined ? [] : (walks.at(-1)?.files ?? []).slice(Number(from) - 1, Number(to));
    walks.push({ count: Number(parts[index]), files: [...shared, ...stepFiles(text)], called });
  }
  return walks;
}

/** The first file of each numbered step. */
function stepFiles(text: string): string[] {
  return [...text.matchAll(/^\d+\. (.*)$/gm)].map(
    ([, step = '']) => pathsIn(step)[0] ?? `no file in: ${step}`,
  );
}
