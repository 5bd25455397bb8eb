import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { Desktop } from '../../../relay/desktop/desktop.ts';
import type { DemoState, FaultName, Settings } from '../control/api.ts';
import type { ControlClient } from './control-client.ts';
import { type Delivery, PageDelivery } from './page-delivery.ts';

/** What the drawer shows and does, without a view. */
export interface DrawerState {
  /** Undefined until the demo has answered. */
  demo: ReadonlySignal<DemoState | undefined>;
  delivery: ReadonlySignal<Delivery>;
  /** Whether the demo answered the last request. */
  isAnswered: ReadonlySignal<boolean>;
  set(settings: Settings): void;
  play(scenario: string | null): void;
  fault(fault: FaultName): void;
}

/** Between two looks at the demo, in milliseconds. */
const POLL_MS = 1_000;

const withoutLocation = (name: string) => name.replace(/\/locations\/[^/]+/, '');

export function createDrawerState({ client, calls }: Desktop, control: ControlClient): DrawerState {
  const page = new PageDelivery();
  const demo = signal<DemoState | undefined>(undefined);
  const delivery = signal(page.count(0));
  const isAnswered = signal(true);
  /** How far the clock of this page is ahead of the demo's, in milliseconds. */
  let skewMs = 0;
  let asked = '';
  let sequence = 0;
  const now = () => Date.now() - skewMs;
  const open = () => calls.list.peek().map((call) => withoutLocation(call.asked));

  client.on('event', (event) => page.received(event));
  client.on('joined', ({ conversation }) => page.joined(conversation, now()));
  client.on('reset', ({ conversation }) => page.reset(conversation));
  client.on('state', ({ state }) => {
    if (state !== 'ready') page.disconnected(now());
  });
  calls.list.subscribe(() => page.keepOnly(open(), now()));

  async function look(): Promise<void> {
    const conversations = open();
    const names = conversations.join(' ');
    // Of a call that was opened meanwhile the earlier events are asked for, too.
    const after = names === asked ? sequence : 0;
    const state = await control.state({ conversations, after });
    skewMs = Date.now() - state.now;
    asked = names;
    sequence = state.sequence;
    const isOpen = new Set(open());
    page.published(state.events.filter((event) => isOpen.has(event.conversation)));
    batch(() => {
      demo.value = state;
      delivery.value = page.count(now());
    });
  }

  let looking: Promise<void> = Promise.resolve();
  /** One look at a time, so that no answer overtakes a newer one. Never rejects. */
  function lookNext(): Promise<void> {
    looking = looking.then(look).then(
      () => {
        isAnswered.value = true;
      },
      () => {
        isAnswered.value = false;
      },
    );
    return looking;
  }

  async function follow(): Promise<void> {
    for (;;) {
      await lookNext();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  void follow();

  /** What was refused shows in the state that follows. */
  function send(request: Promise<void>): void {
    void request.catch(() => {}).then(lookNext);
  }

  return {
    demo,
    delivery,
    isAnswered,
    set: (settings) => send(control.set(settings)),
    play: (scenario) => send(control.play(scenario)),
    fault: (fault) => send(control.fault(fault)),
  };
}
