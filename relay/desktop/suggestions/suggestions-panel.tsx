import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import { useCallback, useId, useMemo, useRef } from 'preact/hooks';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { type ArrangedCard, arrange, type Divider, dividerAbove } from './arrange.ts';
import type { CardActions } from './card-actions.ts';
import { CardCommands } from './card-commands.ts';
import type { Card } from './card-types.ts';
import { CardView } from './card-view.tsx';
import type { Feedback } from './feedback-sender.ts';
import { suggestionShortcuts } from './shortcuts.ts';
import { SuggestionsState } from './suggestions-state.ts';
import { ToolsContext } from './tools-context.ts';

export interface SuggestionsPanelProps {
  /** In the order of arrival. */
  cards: ReadonlySignal<readonly Card[]>;
  /** The same object for as long as the panel is there, or all cards are drawn again. */
  actions: CardActions;
  feedback: Feedback;
  /** A supervisor reads only, and sees no buttons. */
  isReadOnly: boolean;
  /** What the panel remembers of this call, where it is taken down and put up again. */
  state?: SuggestionsState;
  /** The words of an utterance by its resource name, where the page has them. */
  utteranceOf?: (name: string) => string | undefined;
}

/** The suggestions of one call, newest first. */
export function SuggestionsPanel(props: SuggestionsPanelProps) {
  const { cards, actions, feedback, isReadOnly, utteranceOf } = props;
  const titleId = useId();
  const ownState = useMemo(() => new SuggestionsState(), []);
  const state = props.state ?? ownState;
  const arranged = useComputed(() => arrange(cards.value));
  const elements = useRef(new Map<string, HTMLElement>());
  // Kept apart from the tools, which all cards depend on: a new function must not draw them all again.
  const utterances = useRef(utteranceOf);
  utterances.current = utteranceOf;
  const tools = useMemo(() => {
    const commands = new CardCommands({ actions, feedback, state, isReadOnly });
    return { commands, feedback, state, utteranceOf: (name: string) => utterances.current?.(name) };
  }, [actions, feedback, state, isReadOnly]);

  const shortcuts = useMemo(() => {
    const focus = (id: string) => elements.current.get(id)?.focus();
    return suggestionShortcuts({ cards: () => arranged.peek(), state, commands: tools.commands, focus });
  }, [tools, state, arranged]);
  useShortcuts(shortcuts, [shortcuts]);

  const onElement = useCallback((id: string, element: HTMLElement | null) => {
    if (element) elements.current.set(id, element);
    else elements.current.delete(id);
  }, []);
  const items = useItems(arranged.value, onElement);

  return (
    <section class="panel suggestions" aria-labelledby={titleId}>
      <header class="panel-header">
        <h2 id={titleId}>{t('panel.suggestions')}</h2>
      </header>
      <ToolsContext.Provider value={tools}>
        <div class="panel-body">
          {items.length > 0 ? (
            <ol class="cards">{items}</ol>
          ) : (
            <div class="empty">
              <p>{t('cards.empty')}</p>
              <p class="hint">{t('cards.emptyHint')}</p>
            </div>
          )}
        </div>
      </ToolsContext.Provider>
    </section>
  );
}

type OnElement = (id: string, element: HTMLElement | null) => void;

/**
 * The items of the list. What has not changed keeps its virtual node, which Preact then passes over: with hundreds of
 * cards a new one must not cost the work of all.
 */
function useItems(arranged: readonly ArrangedCard[], onElement: OnElement): VNode[] {
  const known = useRef(new Map<string, { arranged: ArrangedCard; node: VNode }>());
  const next = new Map<string, { arranged: ArrangedCard; node: VNode }>();
  for (const item of arranged) {
    const before = known.current.get(item.card.id);
    const isSame =
      before?.arranged.card === item.card && before.arranged.earlier.length === item.earlier.length;
    next.set(
      item.card.id,
      isSame && before
        ? before
        : {
            arranged: item,
            node: (
              <li key={item.card.id}>
                <CardView arranged={item} onElement={onElement} />
              </li>
            ),
          },
    );
  }
  known.current = next;
  return arranged.flatMap(({ card }, index) => {
    const node = next.get(card.id)?.node;
    const divider = dividerAbove(card, arranged[index - 1]?.card);
    const dividers =
      divider === undefined ? [] : [<CardDivider key={`above-${card.id}`} divider={divider} />];
    return node === undefined ? dividers : [...dividers, node];
  });
}

/** Stands between the cards that came as the page was open, and those from the history. */
function CardDivider({ divider }: { divider: Divider }) {
  return (
    <li class="notice" data-divider={divider}>
      {t(`cards.divider.${divider}`)}
    </li>
  );
}
