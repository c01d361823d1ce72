import type { MapRun, MapRunCounts } from "../engine/distributed/map-run.js";
import { checkArn } from "./arns.js";
import { takePage } from "./paging.js";
import { seconds } from "./state-machines.js";
import { namedError, statesError } from "./states-error.js";

/** An UpdateMapRun request after its shape was checked. @internal */
export interface UpdateMapRunRequest {
  readonly mapRunArn: string;
  readonly maxConcurrency?: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
}

/** The Map Runs of the local AWS. @internal */
export class MapRuns {
  readonly #runs = new Map<string, MapRun>();

  /** Makes a Map Run known. */
  add(run: MapRun): void {
    this.#runs.set(run.facts.arn, run);
  }

  /** Describes a Map Run. */
  describe({ mapRunArn }: { readonly mapRunArn: string }): unknown {
    const run = this.find(mapRunArn);
    const { facts, status, stopDate, settings } = run;
    return {
      mapRunArn,
      executionArn: facts.executionArn,
      status,
      startDate: seconds(facts.startDate),
      ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
      maxConcurrency: settings.maxConcurrency,
      toleratedFailurePercentage: settings.toleratedFailurePercentage ?? 0,
      toleratedFailureCount: settings.toleratedFailureCount ?? 0,
      itemCounts: showCounts(run.count(true), run),
      executionCounts: showCounts(run.count(false), run),
      redriveCount: 0,
    };
  }

  /** Lists the Map Runs of an execution, newest first. */
  list(request: { readonly executionArn: string; readonly maxResults?: number; readonly nextToken?: string }): unknown {
    const { executionArn } = request;
    const all = [...this.#runs.values()].filter(({ facts }) => facts.executionArn === executionArn).reverse();
    const { items, nextToken } = takePage(all, request, `mapRuns:${executionArn}`);
    const mapRuns = items.map(({ facts, stopDate }) => ({
      executionArn,
      mapRunArn: facts.arn,
      stateMachineArn: facts.stateMachineArn,
      startDate: seconds(facts.startDate),
      ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
    }));
    return { mapRuns, nextToken };
  }

  /** Changes concurrency or thresholds of a Map Run that runs. */
  update({ mapRunArn, ...changes }: UpdateMapRunRequest): void {
    const run = this.find(mapRunArn);
    if (Object.keys(changes).length === 0) {
      throw statesError(
        "ValidationException",
        "At least one of maxConcurrency, toleratedFailurePercentage and toleratedFailureCount must be specified",
      );
    }
    if (run.status === "RUNNING") run.update(changes);
  }

  /** Finds a Map Run by its ARN. */
  find(arn: string): MapRun {
    checkArn(arn, "mapRun");
    const run = this.#runs.get(arn);
    if (run === undefined) throw namedError("ResourceNotFound", arn);
    return run;
  }
}

function showCounts(counts: MapRunCounts, { hasWrittenResults }: MapRun): object {
  const resultsWritten = hasWrittenResults ? counts.total - counts.pending : 0;
  return { ...counts, resultsWritten, failuresNotRedrivable: 0, pendingRedrive: 0 };
}
