// The relay's parts as others see them, with what they do counted on the way.
import type { EventLog } from '../../shared/stream/event-log.ts';
import { type Position, START } from '../../shared/stream/position.ts';
import { UNKNOWN_KIND } from '../../shared/stream/protocol.ts';
import type { Audit } from '../access/audit.ts';
import type { RoomRegistry } from '../delivery/hub.ts';
import type { Member } from '../delivery/room.ts';
import type { JoinStart, RelayMetrics } from './metrics.ts';

type Rooms = Pick<RoomRegistry, 'join'>;
type Reads = Pick<EventLog, 'read'>;
type Notes = Pick<Audit, 'note'>;

/** Counts joins, what is delivered, and histories that broke. */
export function measuredRooms(rooms: Rooms, metrics: RelayMetrics): Rooms {
  return {
    join(conversation, member, from) {
      const start = from === 'live' ? 'live' : startOf(from);
      const measured: Member = {
        ...member,
        joined: (answer) => {
          metrics.joined(start, answer.recovered);
          member.joined(answer);
        },
        deliver: (message) => {
          if (message.kind !== UNKNOWN_KIND) metrics.delivered(message.kind);
          member.deliver(message);
        },
        reset: (position) => {
          metrics.reset();
          member.reset(position);
        },
      };
      return rooms.join(conversation, measured, from);
    },
  };
}

function startOf({ offset }: Position): JoinStart {
  return offset === START.offset ? 'beginning' : 'place';
}

/** Times the reads of the log, those that fail included. */
export function measuredReads<T extends Reads>(log: T, metrics: RelayMetrics): T {
  return {
    ...log,
    async read(...parameters) {
      const startedAt = performance.now();
      try {
        return await log.read(...parameters);
      } finally {
        metrics.read((performance.now() - startedAt) / 1000);
      }
    },
  };
}

/** Counts registrations. */
export function measuredAudit(audit: Notes, metrics: RelayMetrics): Notes {
  return {
    note(event, entry) {
      if (event === 'register') metrics.registered('done');
      if (event === 'refuse' && entry.refused === 'register') metrics.registered('refused');
      audit.note(event, entry);
    },
  };
}
