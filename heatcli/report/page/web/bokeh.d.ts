// The part of Bokeh that the page uses. Its script makes one global object. For the type checker only.

/** A column data source. */
export interface Source {
  data: Record<string, (number | string)[]>;
}

/** A one-dimensional range. */
export interface Range {
  start: number;
  end: number;
  properties: Record<"start" | "end", {change: {connect(listener: () => void): void}}>;
}

/** An axis with a fixed ticker. */
export interface Axis {
  major_label_overrides: Map<number, string>;
  ticker: {ticks: number[]};
}

/** Models by the names that charts.py gives them. */
export interface Models {
  now: Source;
  before: Source;
  uncovered: Source;
  activity: Source;
  across: Range;
  up: Range;
  all: Range;
  chosen: Range;
  buckets: Axis;
}

/** A document that was put into the page. */
export interface BokehDocument {
  get_model_by_name<Name extends keyof Models>(name: Name): Models[Name];
}

declare global {
  var Bokeh: {
    embed: {embed_item(item: object, host: HTMLElement): Promise<unknown>};
    documents: BokehDocument[];
  };
}
