import type { Publisher } from '../publisher.ts';
import { ApiError } from './api-error.ts';
import type {
  AssistantEventJson,
  ConversationEventJson,
  ConversationJson,
  MessageJson,
  ParticipantJson,
  ParticipantRole,
  SuggestionResult,
} from './types.ts';

const LANGUAGE = 'en-US';

export interface ConversationsOptions {
  publisher: Publisher;
  now?: () => Date;
  /** A new id for what is created without one. */
  newId?: () => string;
}

/** What the telephony (which streams audio over gRPC in real life) and the REST API do with conversations. */
export interface Conversations {
  /** @param parent `projects/PROJECT/locations/LOCATION` */
  create(parent: string, profile: string, id?: string): Promise<ConversationJson>;
  get(name: string): ConversationJson;
  /** Ends the conversation; each call publishes that it has finished, also when it had ended before. */
  complete(name: string): Promise<ConversationJson>;
  addParticipant(name: string, role: ParticipantRole, id?: string): ParticipantJson;
  participants(name: string): ParticipantJson[];
  participant(name: string): ParticipantJson;
  /** Publishes an interim transcript of the message that `messageId` will be. */
  recognise(participant: string, messageId: string, transcript: string): Promise<void>;
  /** Adds a message, which ends the utterance with its id, and publishes it. */
  say(participant: string, text: string, messageId?: string): Promise<MessageJson>;
  /** Publishes suggestions for the agent. */
  suggest(participant: string, results: SuggestionResult[]): Promise<void>;
  /** Newest first, as Dialogflow lists them. */
  messages(name: string): MessageJson[];
}

interface Conversation {
  resource: ConversationJson;
  participants: Map<string, ParticipantJson>;
  messages: MessageJson[];
}

/** Conversations in memory that publish what happens in them as Dialogflow does. */
export function createConversations(options: ConversationsOptions): Conversations {
  const { publisher, now = () => new Date(), newId = () => crypto.randomUUID() } = options;
  const conversations = new Map<string, Conversation>();

  const publishEvent = (kind: Parameters<Publisher['publish']>[0], event: ConversationEventJson) =>
    publisher.publish(kind, JSON.stringify(event));

  function find(name: string): Conversation {
    const found = conversations.get(name);
    if (!found) throw new ApiError('NOT_FOUND', `Conversation not found: ${name}`);
    return found;
  }

  function findParticipant(participant: string): [Conversation, ParticipantJson, id: string] {
    const [name = '', id = ''] = participant.split('/participants/');
    const conversation = find(name);
    const found = conversation.participants.get(id);
    if (!found) throw new ApiError('NOT_FOUND', `Participant not found: ${participant}`);
    return [conversation, found, id];
  }

  function requireOpen({ resource }: Conversation): void {
    if (resource.lifecycleState === 'COMPLETED') {
      throw new ApiError('FAILED_PRECONDITION', `Conversation has been completed: ${resource.name}`);
    }
  }

  return {
    async create(parent, profile, id = newId()) {
      const name = `${parent}/conversations/${id}`;
      if (conversations.has(name))
        throw new ApiError('ALREADY_EXISTS', `Conversation already exists: ${name}`);
      const resource: ConversationJson = {
        name,
        lifecycleState: 'IN_PROGRESS',
        conversationProfile: profile,
        conversationStage: 'HUMAN_ASSIST_STAGE',
        startTime: now().toISOString(),
      };
      conversations.set(name, { resource, participants: new Map(), messages: [] });
      await publishEvent('conversation-lifecycle-event', {
        conversation: name,
        type: 'CONVERSATION_STARTED',
      });
      return resource;
    },

    get: (name) => find(name).resource,

    async complete(name) {
      const { resource } = find(name);
      resource.lifecycleState = 'COMPLETED';
      resource.endTime ??= now().toISOString();
      await publishEvent('conversation-lifecycle-event', {
        conversation: name,
        type: 'CONVERSATION_FINISHED',
      });
      return resource;
    },

    addParticipant(name, role, id = newId()) {
      const conversation = find(name);
      requireOpen(conversation);
      const participant: ParticipantJson = { name: `${name}/participants/${id}`, role };
      conversation.participants.set(id, participant);
      return participant;
    },

    participants: (name) => [...find(name).participants.values()],

    participant: (name) => findParticipant(name)[1],

    async recognise(participant, messageId, transcript) {
      const [{ resource }, { role }, id] = findParticipant(participant);
      const event: ConversationEventJson = {
        conversation: resource.name,
        type: 'NEW_RECOGNITION_RESULT',
        newRecognitionResultPayload: {
          messageType: 'TRANSCRIPT',
          transcript,
          languageCode: LANGUAGE,
          stability: 0.9,
        },
      };
      // The event itself tells neither speaker nor message: only these attributes do.
      const attributes = { participant_id: id, participant_role: role, message_id: messageId };
      await publisher.publish('new-recognition-result-notification-event', JSON.stringify(event), attributes);
    },

    async say(participant, text, messageId = newId()) {
      const [conversation, { role }, id] = findParticipant(participant);
      requireOpen(conversation);
      const { name } = conversation.resource;
      const time = now().toISOString();
      const message: MessageJson = {
        name: `${name}/messages/${messageId}`,
        content: text,
        languageCode: LANGUAGE,
        participant: id,
        participantRole: role,
        createTime: time,
        sendTime: time,
      };
      conversation.messages.unshift(message);
      await publishEvent('new-message-event', {
        conversation: name,
        type: 'NEW_MESSAGE',
        newMessagePayload: message,
      });
      return message;
    },

    async suggest(participant, suggestionResults) {
      const [{ resource }, { name }] = findParticipant(participant);
      const event: AssistantEventJson = { conversation: resource.name, participant: name, suggestionResults };
      await publisher.publish('human-agent-assistant-event', JSON.stringify(event));
    },

    messages: (name) => find(name).messages,
  };
}
