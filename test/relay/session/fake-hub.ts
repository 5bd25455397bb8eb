import type { Membership } from '../../../relay/delivery/hub.ts';
import type { JoinAnswer, JoinFrom, Member } from '../../../relay/delivery/member.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';

/** A join that goes on only when the test says so. */
export class FakeJoin {
  readonly #settled = Promise.withResolvers<void>();
  readonly conversation: ShortName;
  readonly member: Member;
  readonly from: JoinFrom;
  hasLeft = false;
  state: 'under way' | 'through' | 'failed' = 'under way';
  readonly membership: Membership;

  constructor(conversation: ShortName, member: Member, from: JoinFrom) {
    this.conversation = conversation;
    this.member = member;
    this.from = from;
    this.membership = {
      ready: this.#settled.promise,
      leave: () => {
        this.hasLeft = true;
      },
    };
  }

  /** The room has read the log; a member that has left meanwhile is told nothing. */
  letIn(answer: JoinAnswer): void {
    if (!this.hasLeft) this.member.joined(answer);
    this.state = 'through';
    this.#settled.resolve();
  }

  fail(): void {
    this.state = 'failed';
    this.#settled.reject(new Error('Redis is away'));
  }
}

/** A hub as a session sees it, without rooms. */
export class FakeHub {
  readonly joins: FakeJoin[] = [];

  get last(): FakeJoin {
    const join = this.joins.at(-1);
    if (join === undefined) throw new Error('nothing was joined');
    return join;
  }

  join(conversation: ShortName, member: Member, from: JoinFrom): Membership {
    const join = new FakeJoin(conversation, member, from);
    this.joins.push(join);
    return join.membership;
  }
}
