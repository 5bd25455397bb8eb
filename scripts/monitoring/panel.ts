// What a panel of a dashboard is, in Grafana and in Cloud Monitoring alike.

export type Unit = 'count' | 'perSecond' | 'seconds' | 'bytes' | 'ratio';

export interface Query {
  expr: string;
  /** What one series is called: a fixed text, or the label whose value it is. */
  legend: { text: string } | { label: string };
}

export interface Panel {
  title: string;
  /** What to read off it, in one sentence. */
  description: string;
  unit: Unit;
  queries: readonly Query[];
}

export interface Section {
  title: string;
  panels: readonly Panel[];
}

/** One series of a fixed name. */
export const text = (name: string, expr: string): Query => ({ legend: { text: name }, expr });
/** A series for each value of a label. */
export const by = (label: string, expr: string): Query => ({ legend: { label }, expr });

export const panel = (title: string, description: string, unit: Unit, ...queries: Query[]): Panel => ({
  ...{ title, description, unit, queries },
});
