/** The environment is wrong; `faults` holds a sentence for each variable, none of which shows a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`configuration:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Why a conversation's name was refused. */
export const NAME_FAULTS = ['not-a-conversation-name', 'other-project'] as const;

export type NameFault = (typeof NAME_FAULTS)[number];

/** A text is not the name of a conversation of the configured project. */
export class ConversationNameError extends Error {
  override readonly name = 'ConversationNameError';
  readonly fault: NameFault;

  constructor(fault: NameFault) {
    super(
      fault === 'other-project'
        ? 'the conversation belongs to another project'
        : 'expected projects/PROJECT/conversations/ID or projects/PROJECT/locations/LOCATION/conversations/ID',
    );
    this.fault = fault;
  }
}

/** Why a message can never become an event. The codes appear in logs and are never reused for something else. */
export const EVENT_FAULTS = [
  'no-message',
  'no-data',
  'too-large',
  'not-base64',
  'protobuf',
  'not-json',
  'no-conversation',
  ...NAME_FAULTS,
] as const;

export type EventFault = (typeof EVENT_FAULTS)[number];

/** A Pub/Sub message that no redelivery can mend. Its text never holds any of the message's content. */
export class EventError extends Error {
  override readonly name = 'EventError';
  readonly fault: EventFault;

  constructor(fault: EventFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
