import { parseArgs } from 'node:util';
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { duration, type Filter } from './filter.ts';

export const USAGE = `npm run replay-dead-letters -- [list | show | inject] [OPTION ...]
  list                 one line each (what it does when nothing is said)
  show                 all that may be seen of each; never the content
  inject               publishes each again to the topic it came from, and takes it off when that is confirmed
which of them, all unless said:
  --id ID              may be given several times
  --kind KIND          may be given several times: ${EVENT_KINDS.join(', ')}
  --conversation NAME  or the id alone
  --older-than TIME    since it was first published: 90s, 10m, 2h, 1d
  --younger-than TIME
  --limit NUMBER       how many are looked at, default 1000
inject:
  --to TOPIC           publishes to this topic instead
  --faulty             also those that a function would drop
  --dry-run            shows which, and publishes none
  --yes                does not ask
  --settings FILE      settings, default .env; variables of the environment win`;

const ACTIONS = ['list', 'show', 'inject'] as const;

export interface Options {
  action: (typeof ACTIONS)[number];
  filter: Filter;
  limit: number;
  to: string | undefined;
  faulty: boolean;
  dryRun: boolean;
  yes: boolean;
  settings: string | undefined;
}

/** @returns none when help was asked for. @throws {Error} for what is no option or no value of one. */
export function readOptions(args: string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      id: { type: 'string', multiple: true },
      kind: { type: 'string', multiple: true },
      conversation: { type: 'string' },
      'older-than': { type: 'string' },
      'younger-than': { type: 'string' },
      limit: { type: 'string', default: '1000' },
      to: { type: 'string' },
      faulty: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      settings: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const [word = 'list', ...more] = positionals;
  const action = ACTIONS.find((each) => each === word);
  if (action === undefined || more.length > 0)
    throw new Error(`"${[word, ...more].join(' ')}" is none of ${ACTIONS.join(', ')}`);
  if (!/^[1-9]\d{0,4}$/.test(values.limit)) throw new Error('--limit takes a number from 1 to 99999');
  const { id, kind, conversation, 'older-than': older, 'younger-than': younger } = values;
  return {
    action,
    filter: {
      ...(id === undefined ? {} : { ids: id }),
      ...(kind === undefined ? {} : { kinds: kind.map(toKind) }),
      ...(conversation === undefined ? {} : { conversation }),
      ...(older === undefined ? {} : { olderThanMs: duration('--older-than', older) }),
      ...(younger === undefined ? {} : { youngerThanMs: duration('--younger-than', younger) }),
    },
    limit: Number(values.limit),
    to: values.to,
    faulty: values.faulty,
    dryRun: values['dry-run'],
    yes: values.yes,
    settings: values.settings,
  };
}

function toKind(text: string): EventKind {
  const kind = EVENT_KINDS.find((each) => each === text);
  if (kind === undefined) throw new Error(`--kind takes one of ${EVENT_KINDS.join(', ')}`);
  return kind;
}
