import which from 'which';

/**
 * The file that a shell would run for `name`, which may also be a path; undefined when there is none.
 *
 * @param path A PATH to search. Where a process has none, nothing is found: `which` would search our own.
 */
export function findExecutable(name: string, path = ''): string | undefined {
  return which.sync(name, { path, nothrow: true }) ?? undefined;
}
