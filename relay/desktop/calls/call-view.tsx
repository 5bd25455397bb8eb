import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useCallback, useId, useMemo } from 'preact/hooks';
import { KnowledgeSearch } from '../actions/knowledge-search.tsx';
import { SummaryPanel } from '../actions/summary-panel.tsx';
import { CompanionPanel } from '../companion/companion-panel.tsx';
import type { Desktop } from '../desktop.ts';
import { DecisionKeys } from '../keyboard/decision-keys.tsx';
import { TakesKeys } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { SuggestionsPanel } from '../suggestions/suggestions-panel.tsx';
import { utteranceOf } from '../transcript/lines.ts';
import { Transcript } from '../transcript/transcript.tsx';
import { layout } from '../ui/layout.ts';
import { PanelSwitch } from '../ui/panel-switch.tsx';
import { arrangePanels, isFixed, isShown, type PanelName } from '../ui/panels.ts';
import type { Call, JoinFailure } from './call.ts';
import { CallAnswer } from './call-answer.tsx';
import { CallBar } from './call-bar.tsx';
import { type CallTools, createCallTools } from './call-tools.ts';

const FAILURES = {
  'not-allowed': 'calls.refused',
  'bad-conversation': 'calls.malformed',
  'too-many-joins': 'calls.tooMany',
  other: 'calls.joinFailed',
} as const satisfies Record<JoinFailure, string>;

interface CallViewProps {
  call: Call;
  desktop: Desktop;
  /** Whether it is the call that is shown. */
  isActive: boolean;
}

/** One call: the transcript, the suggestions, the tools beside them, and the answer box. */
export function CallView({ call, desktop, isActive }: CallViewProps) {
  /** The panels in the order they were chosen, the last one first. */
  const chosen = useSignal<readonly PanelName[]>([]);
  const show = useCallback((name: PanelName) => {
    chosen.value = [name, ...chosen.value.filter((other) => other !== name)];
  }, []);
  const tools = useMemo(() => createCallTools(call, desktop, show), [call, desktop]);
  const isReadOnly = desktop.signIn.isSupervisor.value;
  const failure = call.failure.value;
  const arranged = arrangePanels(layout.value, isReadOnly);
  const slot = (name: PanelName, panel: ComponentChildren) => (
    <div
      class="slot"
      data-panel={name}
      data-fixed={isFixed(name, arranged)}
      hidden={!isShown(name, arranged, chosen.value)}
    >
      {panel}
    </div>
  );
  return (
    <TakesKeys.Provider value={isActive}>
      <div class="call" hidden={!isActive}>
        <CallBar call={call} desktop={desktop} tools={tools} />
        {failure !== undefined && (
          <p class="banner" role="alert" data-state="refused">
            {t(FAILURES[failure])}
          </p>
        )}
        <div class="panels" data-layout={arranged.layout}>
          <PanelSwitch arranged={arranged} chosen={chosen.value} onChoose={show} />
          {slot('transcript', <Transcript state={call.transcript} jump={call.jump} />)}
          {slot(
            'suggestions',
            <SuggestionsPanel
              cards={call.cards}
              actions={tools.actions}
              feedback={desktop.feedback}
              isReadOnly={isReadOnly}
              state={tools.suggestions}
              utteranceOf={(name) => utteranceOf(call.transcript.value.lines, name)}
            />,
          )}
          {!isReadOnly && (
            <>
              <DecisionKeys show={show} />
              {slot('companion', <Companion tools={tools} desktop={desktop} />)}
              {slot('search', <Search tools={tools} desktop={desktop} />)}
              {slot('summary', <Summary tools={tools} />)}
            </>
          )}
          <CallAnswer call={call} tools={tools} isReadOnly={isReadOnly} />
        </div>
      </div>
    </TakesKeys.Provider>
  );
}

interface ToolProps {
  tools: CallTools;
  desktop: Desktop;
}

function Companion({ tools, desktop }: ToolProps) {
  return (
    <Panel name="companion">
      <CompanionPanel
        disabledReason={tools.noAnswer.value === 'ended' ? t('answer.none.ended') : undefined}
        open={tools.openCompanion}
        participant={tools.participant}
        languageCode={tools.languageCode}
        actions={tools.actions}
        feedback={desktop.feedback}
      />
    </Panel>
  );
}

function Search({ tools, desktop }: ToolProps) {
  return (
    <Panel name="search">
      <KnowledgeSearch
        search={tools.services.value.search}
        suggested={tools.suggested}
        actions={tools.actions}
        feedback={desktop.feedback}
      />
    </Panel>
  );
}

function Summary({ tools }: { tools: CallTools }) {
  return (
    <Panel name="summary">
      <SummaryPanel
        generate={tools.services.value.summarize}
        copy={tools.actions.copy}
        submit={tools.submitSummary}
      />
    </Panel>
  );
}

function Panel({ name, children }: { name: PanelName; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <header class="panel-header">
        <h2 id={id}>{t(`panel.${name}`)}</h2>
      </header>
      <div class="panel-body">{children}</div>
    </section>
  );
}
