// Faults of the mechanism that a test plants, to see that the model finds them.
import { createHash } from 'node:crypto';
import type { JoinAnswer, JoinFrom, Member } from '../../../../../relay/delivery/member.ts';
import type { Claims } from '../../../../../relay/identity/claims.ts';
import type { Arrival } from '../../../../../relay/session/resume/arrival.ts';
import { Resume, type ResumeDeps } from '../../../../../relay/session/resume/resume.ts';
import type { ShortName } from '../../../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../../../shared/keys.ts';
import type { Position } from '../../../../../shared/stream/position.ts';
import { parseChannelMessage } from '../../../../../shared/stream/protocol.ts';
import { PRODUCTION, type RelayParts } from './simulated-relay.ts';

type Open = Resume['open'];
type Arrive = Resume['arrive'];

/** Production's, with another way to let pages in or to open their connections. */
const resumeWith =
  (change: (resume: Resume) => { arrive?: Arrive; open?: Open }): RelayParts['resume'] =>
  (deps: ResumeDeps) => {
    const resume = new Resume(deps);
    const { arrive, open } = change(resume);
    return {
      arrive: arrive ?? ((...parameters) => resume.arrive(...parameters)),
      open: open ?? ((...parameters) => resume.open(...parameters)),
      receive: (message) => resume.receive(message),
      close: () => resume.close(),
    };
  };

function pidThatWorksOnce(): RelayParts {
  const used = new Set<unknown>();
  const resume = resumeWith((inner) => ({
    arrive(request, claims, client) {
      const { pid, ...auth } = request.auth;
      if (used.has(pid)) return inner.arrive({ ...request, auth }, claims, client);
      if (pid !== undefined) used.add(pid);
      return inner.arrive(request, claims, client);
    },
  }));
  return { ...PRODUCTION, resume };
}

function resumeAfterLeave(): RelayParts {
  const resume = resumeWith((inner) => ({
    open: (...parameters) => Object.assign(inner.open(...parameters), { forget() {} }),
  }));
  return { ...PRODUCTION, resume };
}

/** Interim transcripts are sent at once, ahead of a replay that is under way, and count as events. */
function interimThatConfirms(): RelayParts {
  return {
    ...PRODUCTION,
    hub(hub) {
      const members = new Map<string, Set<Member>>();
      const { join, receive } = hub;
      return Object.assign(hub, {
        join(conversation: ShortName, member: Member, from: JoinFrom) {
          const { channel } = conversationKeys(conversation);
          const present = members.get(channel) ?? new Set();
          members.set(channel, present);
          const { joined } = member;
          Object.assign(member, {
            joined(answer: JoinAnswer) {
              joined.call(member, answer);
              present.add(member);
            },
          });
          const membership = join.call(hub, conversation, member, from);
          const leave = () => {
            present.delete(member);
            membership.leave();
          };
          return { ready: membership.ready, leave };
        },
        receive(channel: string, text: string) {
          const message = parseChannelMessage(text);
          if (message?.type !== 'interim') receive.call(hub, channel, text);
          else
            for (const member of members.get(channel) ?? [])
              member.deliver({ ...message, type: 'event', previousTag: '' });
        },
      });
    },
  };
}

/** The relay takes a refused write for one that has succeeded. */
function failedDropThatSkips(): RelayParts {
  return {
    ...PRODUCTION,
    redis: (redis) =>
      new Proxy(redis, {
        get(target, name) {
          if (name === 'eval')
            return (...parameters: Parameters<typeof target.eval>) =>
              target.eval(...parameters).catch(() => 1);
          if (name !== 'multi') return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
          return () => {
            const multi = target.multi();
            const exec = multi.exec.bind(multi);
            return Object.assign(multi, { exec: () => exec().catch(() => []) });
          };
        },
      }),
  };
}

/** A `pid` is as good as a token: it names the page for every subject. */
function foreignPidHonoured(): RelayParts {
  const owners = new Map<unknown, string>();
  const resume = resumeWith((inner) => ({
    arrive(request, claims, client) {
      const subject = owners.get(request.auth.pid) ?? claims.subject;
      const arrival = inner.arrive(request, { ...claims, subject }, client);
      owners.set(arrival.pid, subject);
      return arrival;
    },
  }));
  return { ...PRODUCTION, resume };
}

/** Old clients are known by what sends the request, and not by their token. */
function loginThatResumes(): RelayParts {
  const resume = resumeWith((inner) => ({
    arrive(request, claims: Claims, client): Arrival {
      const arrival = inner.arrive(request, claims, client);
      const twins = createHash('sha256').update(`${request.userAgent}`).digest('base64url');
      return { ...arrival, twins: arrival.twins && twins };
    },
  }));
  return { ...PRODUCTION, resume };
}

/** A connection without `pid` that ends with 1005 counts as broken: the next page with its token goes on there. */
function brokenBy1005(): RelayParts {
  const parked = new Map<string, Position>();
  const codes = new Map<string, number>();
  const resume = resumeWith((inner) => ({
    open(id, arrival, connected) {
      const points = inner.open(id, arrival, connected);
      const { twins, isBack } = arrival;
      if (twins === undefined || isBack) return points;
      const at = new Map<ShortName, Position>();
      const keyOf = (conversation: ShortName) => `${twins} ${conversation}`;
      const { find, start, sent, forget, end } = points;
      return Object.assign(points, {
        async find(conversation: ShortName) {
          const place = parked.get(keyOf(conversation));
          parked.delete(keyOf(conversation));
          return place ?? find.call(points, conversation);
        },
        start(conversation: ShortName, position: Position) {
          at.set(conversation, position);
          start.call(points, conversation, position);
        },
        sent(conversation: ShortName, position: Position) {
          at.set(conversation, position);
          return sent.call(points, conversation, position);
        },
        forget(conversation: ShortName) {
          at.delete(conversation);
          parked.delete(keyOf(conversation));
          return forget.call(points, conversation);
        },
        end() {
          if (codes.get(id) === 1005) for (const [name, position] of at) parked.set(keyOf(name), position);
          return end.call(points);
        },
      });
    },
  }));
  return { ...PRODUCTION, resume, closed: (id, code) => codes.set(id, code) };
}

export const PLANTED_FAULTS: Record<string, () => RelayParts> = {
  'a pid that works once': pidThatWorksOnce,
  'a resume after a leave': resumeAfterLeave,
  'an interim transcript that confirms': interimThatConfirms,
  'a failed drop that skips': failedDropThatSkips,
  'a foreign pid that is honoured': foreignPidHonoured,
  'a login on a Socket without pid that resumes': loginThatResumes,
  '1005 taken for a broken connection': brokenBy1005,
};
