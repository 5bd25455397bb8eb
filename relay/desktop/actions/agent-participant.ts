import type { DialogflowApi } from '../api/dialogflow-api.ts';
import { type NoAnswerReason, NoParticipantError } from '../api/no-participant.ts';
import type { Conversation, Participant } from '../api/types.ts';

/** As whom the agent speaks to Dialogflow. */
export interface AgentAccess {
  /** The name of the agent as a participant; undefined where there is none yet. */
  participant: string | undefined;
  /** Whether one may be made when the agent first writes. */
  canCreate: boolean;
  /** Undefined where the agent can write. */
  noAnswer: NoAnswerReason | undefined;
}

/**
 * What the agent may do in a conversation. In a telephone call the participants belong to the telephony, and a text would
 * not reach the customer. While a virtual agent has the conversation, another participant would take it over.
 */
export function agentAccessOf(conversation: Conversation, participants: readonly Participant[]): AgentAccess {
  const agent = participants.find(({ role, name }) => role === 'HUMAN_AGENT' && name !== undefined);
  const participant = agent?.name;
  const isVoice = conversation.telephonyConnectionInfo !== undefined;
  const isEnded = conversation.lifecycleState === 'COMPLETED';
  const isVirtual = conversation.conversationStage === 'VIRTUAL_AGENT_STAGE';
  const canCreate = participant === undefined && !isVoice && !isEnded && !isVirtual;
  return { participant, canCreate, noAnswer: noAnswer() };

  function noAnswer(): NoAnswerReason | undefined {
    if (isEnded) return 'ended';
    if (isVoice) return 'voice';
    if (isVirtual) return 'virtual-agent';
    return undefined;
  }
}

/** The agent as a participant of one conversation. */
export interface AgentParticipant {
  /** Looks what the agent may do; nothing is made. */
  look(): Promise<AgentAccess>;
  /**
   * The participant's name. One is made where the conversation is a chat that has none.
   *
   * @throws {NoParticipantError} as a rejection, where none may be made.
   */
  name(): Promise<string>;
}

type ParticipantApi = Pick<DialogflowApi, 'getConversation' | 'listParticipants' | 'createParticipant'>;

export function createAgentParticipant(api: ParticipantApi, conversation: string): AgentParticipant {
  let found: Promise<string> | undefined;

  async function look(): Promise<AgentAccess> {
    const [resource, participants] = await Promise.all([
      api.getConversation(conversation),
      api.listParticipants(conversation),
    ]);
    return agentAccessOf(resource, participants);
  }

  async function findOrCreate(): Promise<string> {
    const access = await look();
    if (access.participant !== undefined) return access.participant;
    // In a telephone call the agent may still ask the companion, if the telephony has made the participant.
    const { noAnswer = 'no-participant' } = access;
    if (!access.canCreate) throw new NoParticipantError(noAnswer === 'voice' ? 'no-participant' : noAnswer);
    const { name } = await api.createParticipant(conversation, 'HUMAN_AGENT');
    if (name === undefined) throw new NoParticipantError('no-participant');
    return name;
  }

  return {
    look,
    name() {
      if (found !== undefined) return found;
      const asked = findOrCreate();
      found = asked;
      // A look that failed must not fail all messages after it.
      asked.catch(() => {
        found = undefined;
      });
      return asked;
    },
  };
}
