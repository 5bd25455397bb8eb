import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Desktop } from '../desktop.ts';
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

/** One call: the transcript, the suggestions, the tools beside them, and the answer box. */
export function CallView({ call, desktop }: { call: Call; desktop: Desktop }) {
  /** The panels in the order they were chosen, the last one first. */
  const chosen = useSignal<readonly PanelName[]>([]);
  const failure = call.failure.value;
  const slot = (name: PanelName, panel: ComponentChildren) => (
    <div class="slot" data-panel={name} hidden={!isShown(name, layout.value, chosen.value)}>
      {panel}
    </div>
  );
  return (
    <div class="call">
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
  );
}

/** The form of a panel. */
function Placeholder({ name }: { name: PanelName }) {
  return (
    <section class="panel" aria-labelledby={`${name}-title`}>
      <header class="panel-header">
        <h2 id={`${name}-title`}>{t(`panel.${name}`)}</h2>
      </header>
      <div class="panel-body" />
    </section>
  );
}
