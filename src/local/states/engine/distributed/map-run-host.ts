import type { Machine } from "../../definition/model.js";
import type { ItemStore } from "../../item-store.js";
import type { Json } from "../../json.js";
import type { ChildExecution, MapRun } from "./map-run.js";

/** A child execution that is to be started. @internal */
export interface ChildRequest {
  readonly machine: Machine;
  /** Definition of the child, as text. */
  readonly definition: string;
  readonly type: "STANDARD" | "EXPRESS";
  readonly input: Json;
  readonly inputText: string;
  /** Items in the input. */
  readonly size: number;
}

/** What starts and keeps child executions for the Distributed Maps of an execution. @internal */
export interface MapRunHost {
  /** The local S3, where there is one. */
  readonly store: ItemStore | undefined;
  /** Makes a Map Run known, so that it can be described. */
  readonly open: (run: MapRun) => void;
  /** Starts a child execution. */
  readonly start: (run: MapRun, child: ChildRequest) => ChildExecution;
}
