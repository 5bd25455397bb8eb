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
  /** Keeps what an event tells that is published elsewhere, as for a call that is played. */
  keep(event: ConversationEventJson | AssistantEventJson): void;
  /** Adds a message, which ends the utterance with its id, and publishes it. */
  say(participant: string, text: string, messageId?: string): Promise<MessageJson>;
  /** Publishes suggestions for the agent. */
  suggest(participant: string, results: SuggestionResult[]): Promise<void>;
  /** Newest first, as Dialogflow lists them. */
  messages(name: string): MessageJson[];
  /** What was suggested in a call that is played, newest last; undefined for other conversations. */
  played(name: string): readonly SuggestionResult[] | undefined;
}

interface Conversation {
  resource: ConversationJson;
  participants: Map<string, ParticipantJson>;
  messages: MessageJson[];
  /** Of a call that is played. */
  suggested?: SuggestionResult[];
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

  function begin(resource: ConversationJson): Conversation {
    const conversation: Conversation = { resource, participants: new Map(), messages: [] };
    conversations.set(resource.name, conversation);
    return conversation;
  }

  /** A call that is played has an agent and a customer from the start, so that a desktop can act for them. */
  function beginCall(name: string): Conversation {
    const [parent] = name.split('/conversations/');
    const conversation = begin({
      name,
      lifecycleState: 'IN_PROGRESS',
      conversationProfile: `${parent}/conversationProfiles/local-demo`,
      conversationStage: 'HUMAN_ASSIST_STAGE',
      startTime: now().toISOString(),
    });
    conversation.suggested = [];
    join(conversation, 'agent', 'HUMAN_AGENT');
    join(conversation, 'customer', 'END_USER');
    return conversation;
  }

  function join(
    { resource, participants }: Conversation,
    id: string,
    role: ParticipantRole,
  ): ParticipantJson {
    const participant: ParticipantJson = { name: `${resource.name}/participants/${id}`, role };
    participants.set(id, participant);
    return participant;
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
      begin(resource);
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

    keep(event) {
      const conversation = conversations.get(event.conversation) ?? beginCall(event.conversation);
      if (!('type' in event)) return void conversation.suggested?.push(...event.suggestionResults);
      const { resource, participants, messages } = conversation;
      if (event.type === 'HUMAN_INTERVENTION_NEEDED') resource.conversationStage = 'HUMAN_ASSIST_STAGE';
      if (event.type === 'CONVERSATION_FINISHED') {
        resource.lifecycleState = 'COMPLETED';
        resource.endTime ??= now().toISOString();
      }
      if (event.newMessagePayload === undefined) return;
      const { participant, participantRole } = event.newMessagePayload;
      if (participantRole === 'AUTOMATED_AGENT') resource.conversationStage = 'VIRTUAL_AGENT_STAGE';
      if (!participants.has(participant)) join(conversation, participant, participantRole);
      messages.unshift(event.newMessagePayload);
    },

    addParticipant(name, role, id = newId()) {
      const conversation = find(name);
      requireOpen(conversation);
      return join(conversation, id, role);
    },

    participants: (name) => [...find(name).participants.values()],

    participant: (name) => findParticipant(name)[1],

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

    played: (name) => find(name).suggested,
  };
}
