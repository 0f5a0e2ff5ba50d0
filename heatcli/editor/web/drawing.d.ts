// What the page carries as JSON, and what is drawn on it. For the type checker only.

import type {Point} from "../../report/page/web/shapes.js";

/** A circle (its radius is a fraction of the width), a polygon or a line. */
export type Geometry = {circle: [number, number, number]} | {polygon: Point[]} | {line: [Point, Point]};

/** A shape as the configuration has it: `Drawn` in `heatcli/config/drawn.py`. */
export type DrawnShape = Geometry & {
  name: string;
  /** Name in the configuration; null for a new one. */
  was: string | null;
  /** Other keys of a zone, such as `kind`. */
  keys: Record<string, unknown>;
};

export interface DrawnFloor {
  plan: string;
  metres_per_pixel: number;
  points: {image: Point; plan: Point}[];
  /** Other keys, such as `lens`. */
  keys: Record<string, unknown>;
}

export interface Drawn {
  zones: DrawnShape[];
  regions: DrawnShape[];
  masks: DrawnShape[];
  area: string[];
  staff_zones: string[];
  floor: DrawnFloor | null;
}

/** Picture of a floor plan as a `data:` URL, and its size in pixels. */
export interface Plan {
  picture: string;
  width: number;
  height: number;
}

export interface Content {
  camera: string;
  /** Configuration file, as it is told to people; null where there is none. */
  file: string | null;
  /** Width of the picture divided by its height, as it is shown. */
  aspect: number;
  plate: string;
  /** What is to be known of the picture. */
  about: string;
  warnings: string[];
  drawn: Drawn;
  plan: Plan | null;
  /** Where else the configuration names a zone or region, by its name. */
  named: Record<string, string[]>;
  /** How the page writes the configuration; null where it only gives its text. */
  save: {token: string; base: string} | null;
}

export type ItemKind = "zone" | "region" | "mask";

export interface Item {
  id: number;
  kind: ItemKind;
  name: string;
  keys: Record<string, unknown>;
  /** Whether it is part of the detection area. */
  isArea: boolean;
  isStaff: boolean;
  geometry: Geometry;
}

export interface FloorPoint {
  id: number;
  image: Point;
  /** Place on the plan in its pixels; null until somebody says it. */
  plan: Point | null;
}

export interface State {
  items: Item[];
  points: FloorPoint[];
  /** Path of the plan, relative to the configuration; empty where there is none. */
  plan: string;
  metres: number | null;
}

export type Tool = "select" | "polygon" | "circle" | "line" | "region" | "mask" | "point";
