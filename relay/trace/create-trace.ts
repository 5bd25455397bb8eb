import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { Redis } from '../../shared/redis.ts';
import { createEventLog, type HistoryConfig } from '../../shared/stream/event-log.ts';
import type { AuditListener } from '../access/audit.ts';
import type { Hub } from '../delivery/hub.ts';
import type { Subscriber } from '../delivery/subscriber.ts';
import type { RefusalListener } from '../refusals/refusals.ts';
import type { Session } from '../session/session.ts';
import { AuditTrail } from './audit-trail.ts';
import { DeliveryTrail } from './delivery-trail.ts';
import { reportDesktops } from './desktop-reports.ts';
import { type Answers, Inquiry, type Question } from './inquiry.ts';
import type { TraceLimits } from './limits.ts';
import { type LogReport, reportLog } from './log-report.ts';
import type { RelayReport } from './relay-report.ts';

/** The answer of `POST /admin/trace`: what all relays and Redis know of one conversation, without content. */
export interface TraceReport extends Answers {
  conversation: ShortName;
  log: LogReport;
}

/** The sessions of a relay, by protocol. */
export type SessionsByProtocol = Readonly<Record<'native' | 'socketio', () => Iterable<Session>>>;

export interface TraceDeps {
  /** Names this relay. */
  relay: string;
  redis: Redis;
  reads: Redis;
  config: HistoryConfig & { projectId: string; projectNumber: string | undefined };
  /** What is wrong with Redis. */
  redisState(): { fault: string | undefined };
  logger: Logger;
  limits: { trace: TraceLimits };
  /** Where nobody is an administrator, nobody can ask, and nothing is remembered. */
  adminToken?: unknown;
  now: () => number;
}

/** What a relay remembers of its conversations, so that an administrator can find out why a desktop shows nothing. */
export interface Trace {
  /** Hears what is audited. */
  readonly onAudited: AuditListener | undefined;
  /** Hears of refusals. */
  readonly onRefused: RefusalListener | undefined;
  /** The hub, whose deliveries are remembered. */
  follow(hub: Pick<Hub, 'join'>): Pick<Hub, 'join'>;
  /** Takes a message that belongs to no conversation's channel; false for others. */
  takes(channel: string, message: string): boolean;
  /** Hears the other relays from now on, and answers them. */
  start(subscriber: Pick<Subscriber, 'subscribe'>, sessions: SessionsByProtocol): void;
  /** What is known of a conversation, and of an agent, over all relays. Rejects like Redis. */
  ask(conversation: ShortName, agent?: string): Promise<TraceReport>;
  close(): void;
}

export function createTrace(deps: TraceDeps): Trace {
  const { relay, redis, reads, config, logger, now, adminToken } = deps;
  const limits = deps.limits.trace;
  const project: Project = { id: config.projectId, number: config.projectNumber };
  const eventLog = createEventLog(reads, config);
  const startedAt = now();
  const audits = new AuditTrail(limits, now);
  const deliveries = new DeliveryTrail(limits, now);
  let sessions: SessionsByProtocol = { native: () => [], socketio: () => [] };

  async function report(question: Question): Promise<RelayReport> {
    const conversation = shortName(question.conversation, project);
    const { desktops, agents } = await reportDesktops(conversation, { sessions, deliveries, reads });
    const visits = audits.visitsOf(conversation);
    const asked = new Set([...agents, ...visits.map(({ sub }) => sub), question.agent]);
    return {
      relay,
      at: now(),
      startedAt,
      redisFault: deps.redisState().fault ?? '',
      desktops: desktops.slice(0, limits.listedMax),
      desktopsLeftOff: Math.max(0, desktops.length - limits.listedMax),
      delivered: deliveries
        .deliveredOf(conversation)
        .map(({ position: { epoch, offset }, at }) => ({ epoch, offset, at })),
      visits,
      refusals: audits.refusalsOf(conversation, asked),
    };
  }

  const inquiry = new Inquiry({ redis, report, logger, limits });
  const isOn = adminToken !== undefined;
  return {
    onAudited: isOn ? (event, entry) => audits.note(event, entry) : undefined,
    onRefused: isOn ? (reason, details) => audits.refused(reason, details) : undefined,
    follow: (hub) => (isOn ? deliveries.follow(hub) : hub),
    takes: (channel, message) => isOn && inquiry.takes(channel, message),
    start(subscriber, open) {
      sessions = open;
      if (isOn) void inquiry.listen(subscriber);
    },
    async ask(conversation, agent = '') {
      const [log, answers] = await Promise.all([
        reportLog({ reads, eventLog, config, limits, now }, conversation),
        inquiry.ask({ conversation, agent }),
      ]);
      return { conversation, log, ...answers };
    },
    close: () => inquiry.close(),
  };
}
