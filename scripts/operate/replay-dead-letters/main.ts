// `npm run replay-dead-letters`: what could not be delivered, and delivering it once more. Content is never shown.
import { EVENT_MAX_BYTES } from '../../../shared/event.ts';
import { EXIT, runCommand } from '../../cli/command.ts';
import { confirm } from '../../cli/confirm.ts';
import { interruption } from '../../cli/interruption.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { loadSettings } from '../../deploy/settings/load-settings.ts';
import { deadLetterSubscription } from '../../deploy/settings/names.ts';
import { RequestError } from '../../request-error.ts';
import { openPubsub } from './access.ts';
import { collect, release } from './collect.ts';
import type { DeadLetter } from './dead-letter.ts';
import { discard } from './discard.ts';
import { matches, narrows } from './filter.ts';
import { addressed, type Injection, inject } from './inject.ts';
import { declared } from './options.ts';
import { details, table } from './table.ts';

await runCommand(declared, async (options, action) => {
  const loaded = loadSettings(options.settings);
  const { settings } = loaded;
  const { env } = loaded.given;
  if (action === 'discard' && !narrows(options))
    throw new UsageError(
      'discard: say which, with --conversation, --id, --kind, --older-than or --younger-than',
    );
  const signal = interruption();
  const pubsub = await openPubsub(loaded, signal);
  const subscription = `projects/${settings.projectId}/subscriptions/${deadLetterSubscription(settings)}`;
  const { letters, isCut } = await collect(pubsub, subscription, {
    projectId: settings.projectId,
    projectNumber: env.GCP_PROJECT_NUMBER,
    maxBytes: Number(settings.functionEnv.EVENT_MAX_BYTES ?? EVENT_MAX_BYTES),
    topics: settings.topics,
    limit: options.limit,
    signal,
  }).catch((error: unknown) => {
    throw withRemedy(error);
  });
  const now = Date.now();
  const chosen = letters.filter((letter) => matches(letter, options, now));
  // What is given back at the end; what was published again leaves it.
  const kept = new Map(letters.map((letter) => [letter.id, letter]));
  try {
    console.log(
      action === 'show' ? chosen.map((letter) => details(letter, now)).join('\n\n') : table(chosen, now),
    );
    console.log(`${chosen.length} of ${letters.length} dead letters${isCut ? ', and there are more' : ''}`);
    if (chosen.length === 0 && letters.length > 0)
      console.log(
        'no dead letter has all that you ask for: npm run replay-dead-letters without options lists all',
      );
    if (signal.aborted) return EXIT.interrupted;
    if (action === 'list' || action === 'show') return EXIT.ok;
    const onDone = ({ id }: DeadLetter) => kept.delete(id);
    if (action === 'discard') {
      if (options.dryRun || chosen.length === 0) return EXIT.ok;
      const question = `Discard ${chosen.length} for good?`;
      if (!options.yes && !(await confirm(question, signal))) return unchanged(signal);
      const discarded = await discard(pubsub, subscription, chosen, { signal, onDone });
      console.log(
        `${discarded.done} discarded${isCut ? '; there are more than were looked at: run it again' : ''}`,
      );
      return endedEarly(discarded.fault, signal);
    }
    const to = options.to === undefined ? undefined : `projects/${settings.projectId}/topics/${options.to}`;
    const replayable = addressed(chosen, to, options.faulty ?? false);
    const left = chosen.length - replayable.length;
    if (left > 0)
      console.log(
        `${left} stay: a function would drop them (--faulty), or their topic is unknown (--to TOPIC)`,
      );
    if (options.dryRun || replayable.length === 0) return EXIT.ok;
    if (!options.yes && !(await confirm(`Publish ${replayable.length} again?`, signal)))
      return unchanged(signal);
    return report(await inject(pubsub, subscription, replayable, { signal, onDone }), signal);
  } finally {
    const ackIds = [...kept.values()].map(({ received }) => received.ackId);
    await release(pubsub, subscription, ackIds);
  }
});

function withRemedy(error: unknown): unknown {
  if (!(error instanceof RequestError)) return error;
  const remedies: Readonly<Record<number, string>> = {
    403: 'your account needs roles/pubsub.subscriber, and roles/pubsub.publisher to inject',
    404: 'is DEAD_LETTER_TOPIC_ID the one that was deployed? npm run deploy -- --only topics makes it',
  };
  const remedy = remedies[error.status ?? 0];
  return remedy === undefined ? error : new Error(`${error.message}: ${remedy}`, { cause: error });
}

function report({ done, unacknowledged, fault }: Injection, signal: AbortSignal): number {
  console.log(`${done} published again`);
  if (unacknowledged > 0)
    console.log(
      `${unacknowledged} more are still listed. If they are published again, each is still one event`,
    );
  return endedEarly(fault, signal);
}

function unchanged(signal: AbortSignal): number {
  console.log('nothing was changed');
  return signal.aborted ? EXIT.interrupted : EXIT.failed;
}

function endedEarly(fault: string | undefined, signal: AbortSignal): number {
  if (fault === undefined) return EXIT.ok;
  console.error(`${fault}: the rest stay dead letters, run it again to continue`);
  return signal.aborted ? EXIT.interrupted : EXIT.failed;
}
