import type { Argv } from './step.ts';

/** The project that a command works on, and who works. */
export interface Project {
  projectId: string;
  /** An account that gcloud is signed in with; default: gcloud's own. */
  adminAccount: string | undefined;
}

/** Each command names the project, so that whatever gcloud is configured to cannot lead it elsewhere. */
export function withProject(argv: Argv, { projectId, adminAccount }: Project): Argv {
  // gcloud takes all that follows `--container` for that container's.
  const container = argv.findIndex((argument) => argument.startsWith('--container='));
  const end = container === -1 ? argv.length : container;
  return [
    ...argv.slice(0, end),
    `--project=${projectId}`,
    ...(adminAccount === undefined ? [] : [`--account=${adminAccount}`]),
    '--quiet',
    ...argv.slice(end),
  ];
}
