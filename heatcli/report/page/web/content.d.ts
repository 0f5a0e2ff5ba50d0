// What the page carries as JSON: `page_content` in content.py, `pack_cameras` in pack.py. For the type checker only.

import type {Metric} from "./heat.js";
import type {Point, Shape} from "./shapes.js";
import type {Figures} from "./union.js";

/** A period that a report can be of. */
export type Kind = "daily" | "weekly" | "monthly" | "annual";

/** What the report says. */
export interface Report {
  title: string;
  kind: Kind;
  /** Title of the period before. */
  previous: string;
  /** Cameras that saw nothing, or something else than on the days before: a sentence for each. */
  troubles: string[];
  /** Time at which the report was made, with its time zone. */
  made: string;
  /** How much of the period the cameras watched. */
  watched: string;
  version: string;
  /** Whether the configuration has any cameras. */
  has_cameras: boolean;
  /** Whether outliers are left out of the report's own figures. */
  hide_outliers: boolean;
  look: ReportLook;
  /** What maps can show; `caption` says what their numbers are, up to the place in which people count. */
  metrics: Record<Metric, {name: string; caption: string}>;
  /** Colours of each map: 256 times six hexadecimal digits. */
  colors: Record<string, string>;
  /** How the hottest places are found: their number, the map of dwell time, the least heat of a peak. */
  hot: {places: number; columns: number; reach: number; smoothing: number; least: number};
  /** Why people are outliers, in words. */
  reasons: Record<string, string>;
  views: View[];
  cameras: About[];
  /** Table of how many people were in rooms; none without rooms. */
  rooms: Table[];
}

/** How the maps of the report look. */
export interface ReportLook {
  metric: Metric;
  /** Name among `colors`. */
  color_map: string;
  /** Share of the heat that covers the scene, 0..1. */
  opacity: number;
  /** Part of the scale that is not shown, 0..1. */
  threshold: number;
  smoothing: number;
  /** Radius around each place in which people count, as a fraction of the frame's width; 0 for the cell itself. */
  reach: number;
  /** Cells across. */
  columns: number;
  /** End of the scale in the unit of `metric`; null for that of the data. */
  max_value: number | null;
}

/** A saved view. */
export interface View {
  name: string;
  /** Names of the cameras that it shows. */
  cameras: string[];
  hide_outliers: boolean;
  /** Why the page cannot apply it; null where it can. */
  reason: string | null;
}

/** What the report says of a camera. */
export interface About {
  name: string;
  location: string | null;
  labels: string[];
  timezone: string;
  /** Width of its newest frame, in stored pixels. */
  width: number;
  height: number;
  /** Width of a pixel divided by its height. */
  sample_aspect: number;
  detectors: string[];
  note: string | null;
  /** What takes the place of `note` where outliers are left out. */
  outliers_note: string | null;
  /** How many people are not in the page, and why, as things that never live; empty where nobody is missing. */
  left_out: string;
  /** How far figures may be off; null where nobody has audited the camera. */
  audit: Audit | null;
  /** Which audit that is; empty where there is none. */
  audit_note: string;
  is_configured: boolean;
  selected_s: number;
  bucket_selected_s: number[];
  /** Labels of the buckets of the period. */
  buckets: string[];
  covered_s: number;
  bucket_covered_s: number[];
  /** Activity of the whole frame in each bucket; null where nothing was covered. */
  activity_pct: (number | null)[];
  /** Hour with the most people in the frame, such as `10:00`; null where there was nobody. */
  peak: string | null;
  /** Address of a picture of the empty scene; null where there is none. */
  plate: string | null;
  /** Where people count for a place of the map, in words that end a sentence. */
  place: string;
  /** The whole frame, then the configured zones. */
  areas: [Frame, ...Zone[]];
  lines: Line[];
  previous_covered_s: number | null;
  /** Whether both periods were not covered for as long, so that counts are compared per covered hour. */
  compares_rates: boolean;
  /** Hottest places of the whole period; empty where the report has none. */
  hot: HotPlace[];
  /** Tables as the command line writes them, such as that of the queues. */
  tables: Table[];
  /** Outliers in the order of the people of the points. */
  outliers: Outlier[];
}

/** An audit: what figures are to be multiplied by, from the least to the most. */
export interface Audit {
  date: string;
  answers: number;
  visits_factor: {low: number; high: number};
  dwell_factor: {low: number; high: number};
}

/** A table of text: the name of something in the first column of each row, its figures in the others. */
export interface Table {
  title: string;
  /** What to know of the figures, in sentences. */
  notes: string[];
  /** Number of the first columns that are words; the others are numbers. */
  words: number;
  head: string[];
  rows: string[][];
}

/** A hottest place. */
export interface HotPlace {
  /** Name as `heatcli zone --top` has it. */
  name: string;
  shape: {polygon: Point[]};
  /** Its hottest point. */
  peak: Point;
  total: Figures;
}

/** Why somebody is an outlier. */
export interface Outlier {
  /** First trajectory of the person, as `heatcli --exclude` takes it. */
  who: string;
  /** What the person was judged by, and its limit; null where the reason has no number. */
  value: number | null;
  limit: number | null;
}

/** The whole frame. */
export interface Frame extends Numbers {
  name: null;
  shape: null;
}

/** A configured zone. */
export interface Zone extends Numbers {
  name: string;
  shape: Exclude<Shape, null>;
}

/** What the report says of the whole frame or of a zone. */
export interface Numbers {
  total: Figures;
  /** The period before; null where it is not in the report. */
  before: Before | null;
}

/** The period before. */
export interface Before {
  total: Figures;
  /** For each bucket of the period the figures of its counterpart, in the order of `CHARTED`. */
  chart: (number | null)[][];
}

/** A configured line. */
export type Line = {name: string; line: [Point, Point]; covered_s: number} & (Crossings | NoCrossings);

/** Numbers of a line. */
export interface Crossings {
  left_to_right: number;
  right_to_left: number;
  /** Different persons who crossed it, either way. */
  persons: number;
}

/** Numbers of a line where nothing was covered. */
export type NoCrossings = Record<keyof Crossings, null>;

/** Charts as Bokeh writes them, by the ids of their places in the page. */
export interface ChartDocuments {
  line: object;
  overview: object;
}

/** Fields of a packed camera that stay as they are. */
export interface Plain {
  schema: number;
  camera: string;
  timezone: string;
  /** Width of its newest frame, in stored pixels. */
  width: number;
  height: number;
  /** Width of a pixel divided by its height. */
  sample_aspect: number;
  tracking_mode: string;
  covered_us: number;
  rows: number;
  points: number;
  /** Rate at which points are carried; null where all are. */
  points_per_second: number | null;
  steps_per_pixel: number;
  /** Whether positions are what is stored, to 1 / `steps_per_pixel`. */
  is_exact: boolean;
  people: number;
  reasons: string[];
  /** Width and height of each size of frame, in stored pixels. */
  sizes: [number, number][];
  buckets: {label: string; begin: string | null; end: string | null}[];
  /** Pieces of time of each saved view: the first, and the one after the last. */
  views: Record<string, [number, number][]>;
}

/** A camera with its points as `pack_cameras` returns it. */
export interface Packed extends Plain {
  /** Name, number of values and order of each column. */
  columns: [ColumnName, number, number][];
  /** Base64 of the compressed columns. */
  data: string;
}

/** A column of packed numbers; the table in pack.py says what is in each. */
export type ColumnName =
  | "piece_selected"
  | "piece_covered"
  | "piece_wall"
  | "piece_offset"
  | "piece_bucket"
  | "piece_moments"
  | "moment_gap"
  | "moment_length"
  | "moment_lead"
  | "person_reason"
  | "run_person"
  | "run_moment"
  | "run_rows"
  | "run_size"
  | "knot_rows"
  | "knot_x"
  | "knot_y"
  | "crossing_line"
  | "crossing_person"
  | "crossing_to_right"
  | "crossing_left"
  | "crossing_sure";

/** Unpacked columns. */
export type Columns = Record<ColumnName, Float64Array>;
