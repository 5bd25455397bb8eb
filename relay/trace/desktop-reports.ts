import type { ShortName } from '../../shared/conversation-name.ts';
import type { Redis } from '../../shared/redis.ts';
import { positionIn } from '../session/resume/places.ts';
import type { Session } from '../session/session.ts';
import type { DeliveryTrail } from './delivery-trail.ts';
import type { DesktopReport } from './relay-report.ts';

export interface DesktopReportDeps {
  sessions: Readonly<Record<DesktopReport['protocol'], () => Iterable<Session>>>;
  deliveries: Pick<DeliveryTrail, 'stayOf'>;
  reads: Redis;
}

/** The desktops of this relay that have joined a conversation or have asked to, and whose they are. */
export async function reportDesktops(
  conversation: ShortName,
  { sessions, deliveries, reads }: DesktopReportDeps,
): Promise<{ desktops: DesktopReport[]; agents: string[] }> {
  const found = (['native', 'socketio'] as const).flatMap((protocol) =>
    [...sessions[protocol]()].flatMap((session) => {
      const subscription = session.subscriptions.get(conversation);
      const { claims } = session;
      return subscription === undefined || claims === undefined
        ? []
        : [{ protocol, session, subscription, claims }];
    }),
  );
  const desktops = found.map(async ({ protocol, session, subscription, claims }): Promise<DesktopReport> => {
    const stay = deliveries.stayOf(subscription);
    const { epoch = '', offset = 0 } = stay?.position ?? {};
    return {
      sub: claims.subject,
      jti: claims.tokenId,
      protocol,
      state: subscription.isAnswered ? 'joined' : 'joining',
      since: stay?.joinedAt ?? stay?.askedAt ?? null,
      epoch,
      offset,
      received: await receivedBy(session, conversation, epoch, reads),
    };
  });
  return { desktops: await Promise.all(desktops), agents: found.map(({ claims }) => claims.subject) };
}

/** The last event of a log's life that the desktop has certainly received; null where the relay keeps no receipts of it. */
async function receivedBy(
  session: Session,
  conversation: ShortName,
  epoch: string,
  reads: Redis,
): Promise<number | null> {
  const keys = session.storedKeys(conversation);
  const places = await Promise.all(keys.map((key) => positionIn(reads, key)));
  const offsets = places.flatMap((place) => (place?.epoch === epoch && epoch !== '' ? place.offset : []));
  return offsets.length === 0 ? null : Math.max(...offsets);
}
