// Reads PromQL with the parser of Prometheus's own editor.
import { parser } from '@prometheus-io/lezer-promql';

/** One selector: `agent_assist_closes_total{reason="slow"}`. */
export interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

/** Why Prometheus would not take the text; undefined when it would. */
export function promqlFault(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  let fault: string | undefined;
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) fault ??= `parse error at character ${from + 1}, near "${text.slice(from, to + 10)}"`;
    },
  });
  return fault;
}

/** Every selector of the expression. @throws {Error} when it is no PromQL. */
export function selectorsIn(text: string): Selector[] {
  const fault = promqlFault(text);
  if (fault !== undefined) throw new Error(`${fault}: ${text}`);
  const found: Selector[] = [];
  parser.parse(text).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return;
      const read = (name: string) => {
        const part = node.getChild(name);
        return part === null ? '' : text.slice(part.from, part.to);
      };
      const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      found.push({
        metric: read('Identifier'),
        matchers: matchers.map((matcher) => {
          const part = (name: string) => {
            const child = matcher.getChild(name);
            return child === null ? '' : text.slice(child.from, child.to);
          };
          return {
            label: part('LabelName'),
            operator: part('MatchOp'),
            value: JSON.parse(part('StringLiteral') || '""') as string,
          };
        }),
      });
    },
  });
  return found;
}

/** Every label that the expression groups by. */
export function groupedBy(text: string): string[] {
  const found: string[] = [];
  parser.parse(text).iterate({
    enter: ({ node }) => {
      if (node.name === 'GroupingLabels')
        for (const label of node.getChildren('LabelName')) found.push(text.slice(label.from, label.to));
    },
  });
  return found;
}
