import { StateFailure } from "../../state-failure.js";

/** A child execution, as far as its Map Run looks at it. @internal */
export interface ChildExecution {
  readonly options: {
    readonly arn: string;
    readonly name: string;
    readonly stateMachineArn: string;
    readonly inputText: string;
  };
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  readonly startDate: Date;
  readonly stopDate: Date | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Resolves when it has ended; never rejects. */
  readonly done: Promise<void>;
  stop(error?: string, cause?: string): Date;
}

/** What may be changed while a Map Run runs. @internal */
export interface MapRunSettings {
  /** Most children at once; 0 stands for the greatest number. */
  readonly maxConcurrency: number;
  /** Items that may fail; no threshold where absent. */
  readonly toleratedFailureCount: number | undefined;
  /** Percentage of the items that may fail; no threshold where absent. */
  readonly toleratedFailurePercentage: number | undefined;
}

/** How many items or executions stand how. @internal */
export interface MapRunCounts {
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  readonly total: number;
}

/** Source: AWS Step Functions Developer Guide, "Using Map state in Distributed mode": the default concurrency. */
const MAX_CHILDREN = 10_000;

/** The child executions of one Distributed Map state. @internal */
export class MapRun {
  /** How it stands. */
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED" = "RUNNING";
  /** When it ended. */
  stopDate: Date | undefined;
  /** Whether the results of its children are in S3. */
  hasWrittenResults = false;
  /** Those that were started, in the order of their items. */
  readonly children: ChildExecution[] = [];
  /** Unchanging facts: ARN, execution, label, type of the children. */
  readonly facts: {
    readonly arn: string;
    /** Last part of the ARN. */
    readonly id: string;
    readonly executionArn: string;
    readonly stateMachineArn: string;
    readonly label: string;
    readonly startDate: Date;
  };
  #settings: MapRunSettings;
  /** Items of each child execution that is to be. */
  #sizes: readonly number[] = [];
  #total = 0;
  /** Items of children that failed or timed out. */
  #lost = 0;
  #failure: StateFailure | undefined;
  #wake: () => void = () => {};

  /**
   * @param facts - What does not change.
   * @param settings - Concurrency and thresholds.
   */
  constructor(facts: MapRun["facts"], settings: MapRunSettings) {
    this.facts = facts;
    this.#settings = settings;
  }

  /** Concurrency and thresholds as they are now. */
  get settings(): MapRunSettings {
    return this.#settings;
  }

  /** Changes concurrency or thresholds. */
  update(changes: Partial<MapRunSettings>): void {
    this.#settings = { ...this.#settings, ...changes };
    this.#checkThreshold();
    this.#wake();
  }

  /**
   * Starts the children, so many at once as are allowed, and waits for all.
   *
   * @param sizes - Items of each child.
   * @param start - Starts a child, by its number.
   * @throws {@link StateFailure} `States.ExceedToleratedFailureThreshold` when too many items failed.
   */
  async run(sizes: readonly number[], start: (index: number) => ChildExecution): Promise<void> {
    this.#sizes = sizes;
    this.#total = sum(sizes);
    let running = 0;
    const ended = ({ status }: ChildExecution, index: number) => {
      running--;
      if (status === "FAILED" || status === "TIMED_OUT") this.#lost += sizes[index] ?? 0;
      this.#checkThreshold();
      this.#wake();
    };
    while (this.#isOpen() && this.children.length < sizes.length) {
      if (running >= (this.#settings.maxConcurrency || MAX_CHILDREN)) {
        await this.#changed();
        continue;
      }
      const index = this.children.length;
      const child = start(index);
      this.children.push(child);
      running++;
      void child.done.then(() => ended(child, index));
    }
    while (running > 0) await this.#changed();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends it; children that still run are stopped. */
  end(status: "SUCCEEDED" | "FAILED" | "ABORTED", now: Date): void {
    if (this.status !== "RUNNING") return;
    this.status = status;
    this.stopDate = now;
    this.#stopChildren();
    this.#wake();
  }

  /** Counts items (`true`) or executions. */
  count(asItems: boolean): MapRunCounts {
    const counts = { RUNNING: 0, SUCCEEDED: 0, FAILED: 0, TIMED_OUT: 0, ABORTED: 0 };
    for (const [index, { status }] of this.children.entries()) {
      counts[status] += asItems ? (this.#sizes[index] ?? 0) : 1;
    }
    const total = asItems ? this.#total : this.#sizes.length;
    return {
      pending: total - sum(Object.values(counts)),
      running: counts.RUNNING,
      succeeded: counts.SUCCEEDED,
      failed: counts.FAILED,
      timedOut: counts.TIMED_OUT,
      aborted: counts.ABORTED,
      total,
    };
  }

  #isOpen(): boolean {
    return this.status === "RUNNING" && this.#failure === undefined;
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #checkThreshold(): void {
    if (!this.#isOpen()) return;
    const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = this.#settings;
    // Without any threshold no failure is tolerated.
    const most = count ?? (percentage === undefined ? 0 : this.#total);
    if (this.#lost <= most && (percentage === undefined || this.#lost * 100 <= percentage * this.#total)) return;
    this.#failure = new StateFailure(
      "States.ExceedToleratedFailureThreshold",
      "The specified tolerated failure threshold was exceeded",
      { located: true },
    );
    this.#stopChildren();
  }

  #stopChildren(): void {
    for (const child of this.children) child.stop();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
