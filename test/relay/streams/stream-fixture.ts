// A relay whose streams end at the Dialogflow simulator.
import type { Test } from 'uvu';
import type { StreamLimits } from '../../../relay/streams/limits.ts';
import { createConversations } from '../../../scripts/local/dialogflow/conversations.ts';
import { type DialogflowServer, startDialogflowServer } from '../../../scripts/local/dialogflow/server.ts';
import { CompanionPace } from '../../helpers/companion-pace.ts';
import type { TestDesktop } from '../../helpers/desktop.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { RelayFixture, type RelayFixtureOptions } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

export const METHOD = 'streaming_reactive_companion_suggestions';
export const LOCATION = `projects/${TEST_PROJECT}/locations/europe-west2`;
export const CONVERSATION = `${LOCATION}/conversations/c-1`;
export const PARTICIPANT = `${CONVERSATION}/participants/agent`;

export type Message = Record<string, unknown>;

export class StreamFixture extends RelayFixture {
  dialogflow!: DialogflowServer;
  readonly pace = new CompanionPace(30);
  readonly #limits: Partial<StreamLimits>;
  readonly #options: RelayFixtureOptions;

  constructor(test: Test, limits: Partial<StreamLimits> = {}, options: RelayFixtureOptions = {}) {
    super(test);
    this.#limits = limits;
    this.#options = options;
  }

  protected override async options(): Promise<RelayFixtureOptions> {
    const conversations = createConversations({ publisher: { publish: async () => '1' } });
    this.dialogflow = await startDialogflowServer(conversations, { partMs: this.pace.partMs });
    this.defer(() => this.dialogflow.stop());
    await conversations.create(LOCATION, `${LOCATION}/conversationProfiles/demo`, 'c-1');
    conversations.addParticipant(CONVERSATION, 'HUMAN_AGENT', 'agent');
    const { settings, ...rest } = this.#options;
    return {
      ...rest,
      settings: { DIALOGFLOW_WEBCHANNEL_ENDPOINT: this.dialogflow.url, ...settings },
      limits: { streams: this.#limits },
    };
  }

  async streamingDesktop(options: Parameters<RelayFixture['desktop']>[0] = {}): Promise<StreamClient> {
    return new StreamClient(await this.desktop(options));
  }

  /** How many streams Dialogflow has. */
  get upstream(): number {
    return this.dialogflow.streams.size;
  }
}

/** What a desktop does with streams. */
export class StreamClient {
  readonly desktop: TestDesktop;
  readonly data: { streamId: string; payload: Message }[] = [];
  readonly errors: { streamId: string; payload: { error: { message: string; code: number } } }[] = [];

  constructor(desktop: TestDesktop) {
    this.desktop = desktop;
    desktop.socket.on('stream-data', (data) => this.data.push(data));
    desktop.socket.on('stream-error', (error) => this.errors.push(error));
  }

  /** Sends a message; gives what the acknowledgement says. */
  request(streamId: unknown, payload: unknown, method: unknown = METHOD): Promise<unknown[]> {
    return this.desktop.ask('stream-request', { streamId, method, payload });
  }

  ask(streamId: string, textInput: string): Promise<unknown[]> {
    return this.request(streamId, { participant: PARTICIPANT, textInput });
  }

  end(streamId: unknown): Promise<unknown[]> {
    return this.desktop.ask('end-stream', { streamId });
  }

  /** The messages of a stream. */
  messages(streamId: string): Message[] {
    return this.data.filter((data) => data.streamId === streamId).map(({ payload }) => payload);
  }

  /** The messages of a stream, once so many answers are complete. */
  async answered(streamId: string, answers = 1, limitMs = 30_000): Promise<Message[]> {
    const isComplete = () =>
      this.messages(streamId).filter(({ isFinal }) => isFinal === true).length >= answers;
    await until(isComplete, limitMs, 'the answer is complete');
    return this.messages(streamId);
  }

  /** The errors that the desktop was told so far, as `STREAM CODE MESSAGE`. */
  get told(): string[] {
    return this.errors.map(
      ({ streamId, payload: { error } }) => `${streamId} ${error.code} ${error.message}`,
    );
  }
}
