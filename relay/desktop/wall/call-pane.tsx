import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { CallView } from '../calls/call-view.tsx';
import { ConnectionBanner, ConnectionStatus } from '../connection/connection-status.tsx';
import { createDesktop } from '../desktop.ts';
import { ShortcutHelp } from '../keyboard/shortcut-help.tsx';
import type { SignIn } from '../session/sign-in.ts';
import { t } from '../strings/strings.ts';
import { Announcer } from '../transcript/announcer.tsx';
import { idOf } from './listed-call.ts';

export interface CallPaneProps {
  name: string;
  signIn: SignIn;
  onClose: () => void;
  /** What stands at the left of the header. */
  children: ComponentChildren;
}

/** One call as the agent desktop shows it to a supervisor, with a connection of its own while it is open. */
export function CallPane({ name, signIn, onClose, children }: CallPaneProps) {
  const desktop = useMemo(() => {
    // The role may come from the authorizer, which the token does not tell. Here nobody acts in any case.
    const opened = createDesktop('.', { ...signIn, isSupervisor: signal(true) });
    opened.open({ is: 'conversation', name });
    return opened;
  }, [name]);
  const { connection, catchingUp, client } = desktop;
  const call = desktop.calls.active.value;
  useEffect(() => () => client.close(), [client]);
  useEffect(() => {
    if (call === undefined) onClose();
  }, [call]);
  if (call === undefined) return null;
  return (
    <div class="app">
      <header class="app-header">
        <h1 class="visually-hidden">{t('wall.open', { call: idOf(name) })}</h1>
        <div class="pane-lead">{children}</div>
        <ConnectionStatus connection={connection} catchingUp={catchingUp} latencyMs={call.latencyMs.value} />
        <ShortcutHelp />
      </header>
      <ConnectionBanner connection={connection} retry={() => client.connect()} />
      <main class="app-main">
        <CallView call={call} desktop={desktop} isActive />
      </main>
      <Announcer messages={call.announced} />
    </div>
  );
}
