import type { ShortName } from '../../../shared/conversation-name.ts';
import { type Position, START } from '../../../shared/stream/position.ts';
import type { ControlChannel } from './control-channel.ts';
import { choosePlace, type Parking, type PlaceRecord } from './parking.ts';

/**
 * Finds where a desktop that joins by name only should go on.
 *
 * A place that nobody holds any more is taken: the desktop is back after its connection broke. An open connection of
 * the same token that still answers is another tab, and then this one starts at the beginning, as every new page
 * does. So it does, too, where nobody can tell: better to repeat than to skip.
 */
export async function findResumePoint(
  deps: { parking: Pick<Parking, 'list' | 'take'>; control: Pick<ControlChannel, 'ask'> },
  conversation: ShortName,
  token: string,
): Promise<Position> {
  const { parking, control } = deps;
  // Ends: each further turn means that another join of the same token took a place meanwhile.
  for (;;) {
    const open = (await parking.list(conversation, token)).filter((record) => record.relay !== undefined);
    const held = new Set<string>();
    await Promise.all(
      open.map(async ({ relay = '', connection }) => {
        if ((await control.ask(relay, connection)) !== 'gone') held.add(connection);
      }),
    );
    // Read again: a connection that was found dead has parked its place just now.
    const isFree = (record: PlaceRecord) => !held.has(record.connection);
    const choice = choosePlace((await parking.list(conversation, token)).filter(isFree));
    if (choice === undefined) return START;
    if (await parking.take(conversation, token, choice.usesUp)) return choice.from;
  }
}
