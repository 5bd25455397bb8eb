import { AddressProblem } from './calls/address-problem.tsx';
import { CallTabs } from './calls/call-tabs.tsx';
import { CallView } from './calls/call-view.tsx';
import { NoCall } from './calls/no-call.tsx';
import { ConnectionBanner, ConnectionStatus } from './connection/connection-status.tsx';
import { TimesLive } from './connection/times-live.ts';
import type { Desktop } from './desktop.ts';
import { ShortcutHelp } from './keyboard/shortcut-help.tsx';
import { t } from './strings/strings.ts';
import { Announcer } from './transcript/announcer.tsx';

interface AppProps {
  desktop: Desktop;
  /** What the page's address names as conversations, and is none. */
  unreadable: readonly string[];
}

/** The whole page: the header with the calls, and the call that is shown. */
export function App({ desktop, unreadable }: AppProps) {
  const { calls, connection, catchingUp } = desktop;
  const call = calls.active.value;
  return (
    <div class="app">
      <header class="app-header">
        <h1 class="app-title">
          <span class="app-mark" aria-hidden="true" />
          <span class="app-name">{t('app.title')}</span>
        </h1>
        <CallTabs desktop={desktop} />
        <ConnectionStatus connection={connection} catchingUp={catchingUp} latencyMs={call?.latencyMs.value} />
        <ShortcutHelp />
      </header>
      <ConnectionBanner connection={connection} retry={() => desktop.client.connect()} />
      <AddressProblem names={unreadable} />
      <main class="app-main">
        {call === undefined && <NoCall desktop={desktop} />}
        {/* Calls that are not shown keep what the agent has begun in them. */}
        <TimesLive.Provider value={desktop.timesLive}>
          {calls.list.value.map((each) => (
            <CallView key={each.asked} call={each} desktop={desktop} isActive={each === call} />
          ))}
        </TimesLive.Provider>
      </main>
      <Announcer messages={call?.announced} />
    </div>
  );
}
