/** Values of a line: what the algorithm measures, by the name that it has here. @internal */
export interface LoggedValues {
  /** Share classified rightly, 0 to 1. */
  readonly accuracy?: number;
  /** Share whose class was among the k likeliest, 0 to 1. */
  readonly topKAccuracy?: number;
  /** Cross-entropy. */
  readonly loss?: number;
}

/** One thing that the log of the algorithm tells. Epochs count from 0, as in the log. @internal */
export type TrainingLogEvent =
  | ({
      readonly type: "batch";
      readonly epoch: number;
      readonly batch: number;
      readonly samplesPerSecond?: number;
    } & LoggedValues)
  | ({ readonly type: "metric"; readonly epoch: number; readonly split: "train" | "validation" } & LoggedValues)
  | { readonly type: "time"; readonly epoch: number; readonly seconds: number }
  | { readonly type: "best"; readonly validationAccuracy: number }
  | {
      readonly type: "checkpoint";
      readonly epoch: number;
      readonly path: string;
      /** Whether it is part of the artifact, rather than of what an interrupted job goes on from. */
      readonly isInArtifact: boolean;
    }
  | { readonly type: "earlyStopping" }
  | { readonly type: "configuration"; readonly values: Readonly<Record<string, string>> }
  | { readonly type: "imagesFound"; readonly trainingImages: number }
  | { readonly type: "status"; readonly status: string; readonly message: string }
  | { readonly type: "seconds"; readonly trainingSeconds?: number; readonly billableSeconds?: number }
  | { readonly type: "error"; readonly message: string };

/** A line of the log, with who wrote it as far as the line tells. @internal */
export interface TrainingLogLine {
  /** The line without colours and without what a tool put in front. */
  readonly text: string;
  /** Number of the instance, from 1, as `algo-2` or the colour of the line tells. */
  readonly instance?: number;
  /** The thread that the algorithm names. */
  readonly thread?: string;
}
