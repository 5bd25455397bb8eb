import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Desktop } from '../desktop.ts';
import { TakesKeys } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { Transcript } from '../transcript/transcript.tsx';
import { layout } from '../ui/layout.ts';
import { PanelSwitch } from '../ui/panel-switch.tsx';
import { isShown, type PanelName } from '../ui/panels.ts';
import type { Call, JoinFailure } from './call.ts';
import { CallBar } from './call-bar.tsx';

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
  const failure = call.failure.value;
  const slot = (name: PanelName, panel: ComponentChildren) => (
    <div class="slot" data-panel={name} hidden={!isShown(name, layout.value, chosen.value)}>
      {panel}
    </div>
  );
  return (
    <TakesKeys.Provider value={isActive}>
      <div class="call" hidden={!isActive}>
        <CallBar call={call} desktop={desktop} />
        {failure !== undefined && (
          <p class="banner" role="alert" data-state="refused">
            {t(FAILURES[failure])}
          </p>
        )}
        <div class="panels" data-layout={layout.value}>
          <PanelSwitch
            chosen={chosen.value}
            onChoose={(name) => {
              chosen.value = [name, ...chosen.value.filter((other) => other !== name)];
            }}
          />
          {slot('transcript', <Transcript state={call.transcript} jump={call.jump} />)}
          {slot('suggestions', <Placeholder name="suggestions" />)}
          {slot('companion', <Placeholder name="companion" />)}
          {slot('search', <Placeholder name="search" />)}
          {slot('summary', <Placeholder name="summary" />)}
          <section class="answer" aria-label={t('answer.title')} />
        </div>
      </div>
    </TakesKeys.Provider>
  );
}

/** The form of a panel. */
function Placeholder({ name }: { name: PanelName }) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <header class="panel-header">
        <h2 id={id}>{t(`panel.${name}`)}</h2>
      </header>
      <div class="panel-body" />
    </section>
  );
}
