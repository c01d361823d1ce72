/** The details of the codes that belong to training, as {@link SconesErrorDetails} has them. */
export interface TrainingErrorDetails {
  /** A training job ended as Failed. */
  readonly TRAINING_JOB_FAILED: {
    /** Name of the training job. */
    readonly trainingJobName: string;
    /** The reason that SageMaker gives. */
    readonly failureReason?: string;
    /** The last lines of its log; empty where no log could be read. */
    readonly logTail?: readonly string[];
  };
  /** A training job is none of the image-classification algorithm on colour images. */
  readonly TRAINING_JOB_FOREIGN: {
    /** Name of the training job. */
    readonly trainingJobName: string;
    /** What tells it. */
    readonly reason: string;
  };
  /** A training job was stopped, by a person or by its runtime limit. */
  readonly TRAINING_JOB_STOPPED: {
    /** Name of the training job. */
    readonly trainingJobName: string;
    /** The last phase of the job. */
    readonly secondaryStatus: string;
    /** `s3://` location of what the job had stored. */
    readonly artifact?: string;
    /** The last lines of its log; empty where no log could be read. */
    readonly logTail?: readonly string[];
  };
  /** The checks before the start of a training job found what would fail it; nothing was started. */
  readonly TRAINING_PREFLIGHT_FAILED: {
    /** Name that the training job would have had. */
    readonly trainingJobName: string;
    /** What was found, errors first. */
    readonly findings: readonly {
      /** Stable code of the finding. */
      readonly code: string;
      /** Whether it fails the job, or is worth a look. */
      readonly severity: "error" | "warning";
      /** What is wrong, and where. */
      readonly message: string;
      /** What to do about it. */
      readonly remedy: string;
    }[];
  };
  /** A tuning job ended without a model. */
  readonly TUNING_JOB_FAILED: {
    /** Name of the tuning job. */
    readonly tuningJobName: string;
    /** The reason that SageMaker gives, or that of the first training job that failed. */
    readonly failureReason?: string;
    /** The training job that was best, where one was. */
    readonly bestTrainingJobName?: string;
  };
  /** A tuning job was stopped. */
  readonly TUNING_JOB_STOPPED: {
    /** Name of the tuning job. */
    readonly tuningJobName: string;
    /** The training job that was best until then, where one was. */
    readonly bestTrainingJobName?: string;
  };
}
