import { withProject } from '../../gcloud/project.ts';
import { shellLine } from '../../gcloud/shell.ts';
import type { Argv } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import type { Reference } from './settings.ts';

/** What to do next, and the commands that lead back to the reference, which can be pasted. */
export function wayBack(settings: DeploySettings, reference: Reference): string {
  const { relayName, region } = settings;
  const line = (argv: Argv) => shellLine(withProject(argv, settings));
  const old = line([
    ...['gcloud', 'run', 'revisions', 'list', `--service=${relayName}`, `--region=${region}`],
    // Only what this deployment makes carries the label.
    ...['--filter=-metadata.labels.config-digest:*', '--sort-by=~metadata.creationTimestamp'],
    '--format=value(metadata.name)',
  ]);
  const traffic = ['gcloud', 'run', 'services', 'update-traffic', relayName, `--region=${region}`];
  return [
    '',
    'Desktops of the old revision keep their sockets for up to an hour, and still get events from the interceptor.',
    'After that:   npm run deploy -- --migrate --only retire',
    '',
    'To go back (agents register again; nothing else is lost while the old subscriptions exist):',
    // Not --limit=1: gcloud takes that many before it filters.
    `${line(traffic)} --to-revisions="$(${old} | head -n 1)=100"`,
    'and forward again:',
    line([...traffic, '--to-latest']),
    'To go back after the old subscriptions were deleted, make them again first:',
    ...subscriptionLines(settings, reference),
    '',
    'When you are sure that you will not go back:',
    line(['gcloud', 'run', 'services', 'delete', reference.interceptor, `--region=${region}`]),
  ].join('\n');
}

function subscriptionLines(settings: DeploySettings, { interceptor, subscriptions }: Reference): string[] {
  const url = shellLine(
    withProject(
      [
        ...['gcloud', 'run', 'services', 'describe', interceptor, `--region=${settings.region}`],
        '--format=value(status.url)',
      ],
      settings,
    ),
  );
  return [
    `INTERCEPTOR=$(${url})`,
    ...[...settings.topics].map(([kind, topic]) => {
      const create = withProject(
        [
          ...[
            'gcloud',
            'pubsub',
            'subscriptions',
            'create',
            subscriptions.get(kind) ?? '',
            `--topic=${topic}`,
          ],
          ...[`--push-auth-service-account=${settings.invokerAccount.email}`, '--expiration-period=never'],
        ],
        settings,
      );
      return `${shellLine(create)} --push-endpoint="$INTERCEPTOR/${kind}"`;
    }),
  ];
}
