// How a teardown knows what a deployment made. Most things carry a label, given as they are made; a thing that was there
// before has none, and stays.
import { type Argv, at, json, type Undo } from '../step.ts';

const KEY = 'made-by';
const MAKER = 'agent-assist-relay';

/** For every `create` that takes labels. */
export const OWNED_FLAG = `--labels=${KEY}=${MAKER}`;
/** For accounts, which take no labels. */
export const OWNED_DESCRIPTION = 'Made by the deployment of agent-assist-relay';

export function isOwned(labels: unknown): boolean {
  return at(labels, KEY) === MAKER;
}

/** Takes away what carries the label. @param read Prints it as JSON. */
export function undoLabelled(title: string, read: Argv, argv: Argv, holdsData = false): Undo {
  return {
    title,
    reads: [read],
    owner: ([reading]) => {
      if (reading?.found !== true) return 'gone';
      return isOwned(at(json(reading), 'labels')) ? 'ours' : 'theirs';
    },
    argv,
    ...(holdsData ? { holdsData } : {}),
  };
}
