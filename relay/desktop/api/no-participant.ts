/** Why the agent cannot write to the customer. */
export type NoAnswerReason = 'voice' | 'ended' | 'virtual-agent' | 'no-participant';

/** A call needs the agent as a participant of the conversation, and there is none and none may be made. */
export class NoParticipantError extends Error {
  override readonly name = 'NoParticipantError';
  readonly reason: NoAnswerReason;

  constructor(reason: NoAnswerReason) {
    super(`no participant: ${reason}`);
    this.reason = reason;
  }
}
