// A page with the panels that act on a conversation, as the desktop wires them, and a plain transcript.
import { signal } from '@preact/signals';
import { render } from 'preact';
import { createClient } from '../../../relay/client/index.ts';
import type { AgentAccess } from '../../../relay/desktop/actions/agent-participant.ts';
import { AnswerBox } from '../../../relay/desktop/actions/answer-box.tsx';
import type { RatedAnswer } from '../../../relay/desktop/actions/answer-uses.ts';
import { createCallServices } from '../../../relay/desktop/actions/call-services.ts';
import { CompleteCall } from '../../../relay/desktop/actions/complete-call.tsx';
import { insertInto } from '../../../relay/desktop/actions/draft.ts';
import { KnowledgeSearch } from '../../../relay/desktop/actions/knowledge-search.tsx';
import { SummaryPanel } from '../../../relay/desktop/actions/summary-panel.tsx';
import { createDialogflowApi } from '../../../relay/desktop/api/dialogflow-api.ts';
import { createRelayCalls } from '../../../relay/desktop/api/relay-calls.ts';
import { CompanionPanel } from '../../../relay/desktop/companion/companion-panel.tsx';
import type { CompanionStream } from '../../../relay/desktop/companion/messages.ts';
import { createSignIn } from '../../../relay/desktop/session/sign-in.ts';
import { chooseLanguage, languageFor, t } from '../../../relay/desktop/strings/strings.ts';
import { Opinions } from '../../../relay/desktop/suggestions/opinions.ts';

document.documentElement.lang = languageFor(navigator.language);

/** What a test reads of the page and does to it. */
interface Panels {
  opened: string[];
  copied: string[];
  told: unknown[][];
  suggest(query: string): void;
  insert(text: string): void;
  disconnect(): void;
}

declare global {
  var panels: Panels;
}

const query = new URLSearchParams(location.search);
const conversation = query.get('conversation') ?? '';
const request: typeof fetch = (input, init) => fetch(input, init);
const signIn = createSignIn(request, Date.now);
const api = createDialogflowApi({ call: createRelayCalls({ signIn, request, now: Date.now }) });
const client = createClient({ url: '.', getToken: signIn.register });

const messages = signal<readonly string[]>([]);
const isFinished = signal(false);
const connection = signal('idle');
const draft = signal('');
const suggested = signal<{ query: string } | undefined>(undefined);
const access = signal<AgentAccess | undefined>(undefined);

client.on('state', ({ state }) => {
  connection.value = state;
});
client.on('event', ({ data_type: kind, data }) => {
  const event = JSON.parse(data) as { type?: string; newMessagePayload?: { content?: string } };
  if (kind === 'new-message-event') {
    messages.value = [...messages.value, event.newMessagePayload?.content ?? ''];
  }
  if (event.type === 'CONVERSATION_FINISHED') isFinished.value = true;
});

const opened: string[] = [];
const copied: string[] = [];
const told: unknown[][] = [];
const actions = {
  insert: (text: string) => insertInto(draft, text),
  async copy(text: string) {
    if (query.has('deny-copy')) throw new DOMException('denied', 'NotAllowedError');
    copied.push(text);
  },
  open: (uri: string) => void opened.push(uri),
};
const opinions = new Opinions(async () => {});
const feedback = {
  displayed: (...args: unknown[]) => void told.push(['displayed', ...args]),
  used: (...args: unknown[]) => void told.push(['used', ...args]),
  async rate(answer: RatedAnswer, rating: 'good' | 'bad') {
    told.push(['rate', answer, rating]);
    await opinions.rate(answer.answerRecord ?? '', rating);
  },
  opinionOf: ({ answerRecord = '' }: RatedAnswer) => opinions.of(answerRecord),
};

globalThis.panels = {
  opened,
  copied,
  told,
  suggest(text) {
    suggested.value = { query: text };
  },
  insert: actions.insert,
  disconnect: () => client.close(),
};

const languageCode = () => 'en-US';
const services = createCallServices(api, conversation, languageCode);
const open = (payload: object) =>
  client.stream('streaming_reactive_companion_suggestions', payload) as CompanionStream;

async function submit(answerRecord: string, summary: { text: string; sections: object }): Promise<void> {
  const summarizationFeedback = { summaryText: summary.text, textSections: summary.sections };
  await api.patchAnswerRecord(answerRecord, { agentAssistantDetailFeedback: { summarizationFeedback } }, [
    'answerFeedback.agentAssistantDetailFeedback.summarizationFeedback',
  ]);
}

function App() {
  const reason = access.value === undefined ? 'looking' : access.value.noAnswer;
  return (
    <main class="panels-page" data-connection={connection.value}>
      <section aria-label="Transcript" class="panel">
        <ol class="panel-body">
          {messages.value.map((text, index) => (
            <li key={index}>{text}</li>
          ))}
        </ol>
        <CompleteCall onComplete={services.complete} isFinished={isFinished.value} />
        <AnswerBox
          draft={draft}
          onSend={services.send}
          disabledReason={reason === undefined ? undefined : t(`answer.none.${reason}`)}
        />
      </section>
      <section aria-label="Companion" class="panel">
        <div class="panel-body">
          <CompanionPanel
            open={open}
            participant={services.agent.name}
            languageCode={languageCode}
            actions={actions}
            feedback={feedback}
          />
        </div>
      </section>
      <section aria-label="Search" class="panel">
        <div class="panel-body">
          <KnowledgeSearch
            search={services.search}
            suggested={suggested}
            actions={actions}
            feedback={feedback}
          />
        </div>
      </section>
      <section aria-label="Summary" class="panel">
        <div class="panel-body">
          <SummaryPanel generate={services.summarize} copy={actions.copy} submit={submit} />
        </div>
      </section>
    </main>
  );
}

client.connect();
client.join(conversation).catch(() => {});
services.agent.look().then(
  (looked) => {
    access.value = looked;
  },
  () => {},
);
void chooseLanguage(languageFor(navigator.language)).then(() => render(<App />, document.body));
