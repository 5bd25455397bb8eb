import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversations } from '../local/dialogflow/conversations.ts';
import type { Speaker, Step } from './call.ts';

export interface PlayOptions {
  conversations: Conversations;
  steps: readonly Step[];
  /** `projects/PROJECT/locations/LOCATION` */
  parent: string;
  conversationId: string;
  /** 1 for the pace of speech, 10 for ten times as fast. */
  speed: number;
  /** Told the conversation's name before anything is said in it; the call waits for it. */
  onStarted?(name: string): Promise<void>;
  /** Ends the call in the middle of a word; `playCall` then rejects with an AbortError. */
  signal: AbortSignal;
}

/** How long a word takes, in milliseconds. */
const WORD_MS = 330;
/** An interim transcript comes after every so many words. */
const WORDS_PER_INTERIM = 3;
/** From the last word to the final message, in milliseconds. */
const FINAL_MS = 700;
/** Between two speakers, and before a suggestion, in milliseconds. */
const PAUSE_MS = 700;

/** The interim transcripts of an utterance: ever more of its words, and never all of them. */
export function interimTranscripts(text: string): string[] {
  const words = text.split(' ');
  const interims: string[] = [];
  for (let count = WORDS_PER_INTERIM; count < words.length; count += WORDS_PER_INTERIM) {
    interims.push(words.slice(0, count).join(' '));
  }
  return interims;
}

/** Plays a call once, as telephony would, and resolves with the conversation's name when it is over. */
export async function playCall(options: PlayOptions): Promise<string> {
  const { conversations, steps, parent, conversationId, speed, signal } = options;
  const wait = (ms: number) => sleep(ms / speed, undefined, { signal });
  const profile = `${parent}/conversationProfiles/local-demo`;
  const { name } = await conversations.create(parent, profile, conversationId);
  await options.onStarted?.(name);
  const participants: Record<Speaker, string> = {
    agent: conversations.addParticipant(name, 'HUMAN_AGENT', 'agent').name,
    customer: conversations.addParticipant(name, 'END_USER', 'customer').name,
  };

  let messages = 0;
  let latestMessage = '';
  let answerRecords = 0;
  const context = () => ({
    latestMessage,
    answerRecord: () => `${parent}/answerRecords/${conversationId}-${++answerRecords}`,
    resource: (path: string) => `${parent}/${path}`,
  });

  async function speak(participant: string, text: string): Promise<void> {
    const messageId = `${conversationId}-m${++messages}`;
    for (const transcript of interimTranscripts(text)) {
      await wait(WORD_MS * WORDS_PER_INTERIM);
      await conversations.recognise(participant, messageId, transcript);
    }
    await wait(FINAL_MS);
    const message = await conversations.say(participant, text, messageId);
    latestMessage = message.name;
  }

  for (const step of steps) {
    await wait(PAUSE_MS);
    if (step.type === 'speech') await speak(participants[step.speaker], step.text);
    else if (step.type === 'suggestions')
      await conversations.suggest(participants.agent, step.results(context()));
    else if (step.type === 'silence') await wait(step.ms);
    else await conversations.complete(name);
  }
  return name;
}
