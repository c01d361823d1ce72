/**
 * GPUs of the machines that the algorithm trains on, by family and size.
 * Sources: "Image Classification - MXNet", "EC2 Instance Recommendation", SageMaker developer guide; the SageMaker service
 * model (botocore, sagemaker/2017-07-24) for the types; "Run GPU jobs", AWS Batch user guide, for the GPUs.
 */
const GPUS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  p2: { xlarge: 1, "8xlarge": 8, "16xlarge": 16 },
  p3: { "2xlarge": 1, "8xlarge": 4, "16xlarge": 8 },
  p3dn: { "24xlarge": 8 },
  g4dn: { xlarge: 1, "2xlarge": 1, "4xlarge": 1, "8xlarge": 1, "12xlarge": 4, "16xlarge": 1 },
  g5: {
    xlarge: 1,
    "2xlarge": 1,
    "4xlarge": 1,
    "8xlarge": 1,
    "12xlarge": 4,
    "16xlarge": 1,
    "24xlarge": 4,
    "48xlarge": 8,
  },
};

/** What to take instead, by the number of GPUs: the smallest of each newer family. */
const ALTERNATIVES: Readonly<Record<number, readonly string[]>> = {
  1: ["ml.g4dn.xlarge", "ml.g5.xlarge"],
  4: ["ml.g4dn.12xlarge", "ml.g5.12xlarge"],
  8: ["ml.g5.48xlarge", "ml.p3.16xlarge"],
  16: ["ml.g5.48xlarge"],
};

/** Families that the algorithm trains on, for messages. @internal */
export const TRAINING_FAMILIES = "ml.p2, ml.p3, ml.p3dn, ml.g4dn and ml.g5";

/** What is known of a kind of machine. @internal */
export interface TrainingInstance {
  /** Whether the algorithm trains on its family. */
  readonly isSupported: boolean;
  /** Its GPUs, where they are known. */
  readonly gpus: number | undefined;
  /** What to take instead: as many GPUs, of another kind. */
  readonly alternative: string;
}

/**
 * Looks up a kind of machine.
 *
 * @param instanceType - Such as `ml.p3.2xlarge`.
 * @returns What is known of it.
 * @internal
 */
export function describeInstance(instanceType: string): TrainingInstance {
  const [, family = "", size = ""] = instanceType.split(".");
  const sizes = Object.hasOwn(GPUS, family) ? GPUS[family] : undefined;
  const gpus = sizes !== undefined && Object.hasOwn(sizes, size) ? sizes[size] : undefined;
  const others = ALTERNATIVES[gpus ?? 1] ?? [];
  const alternative = others.find((other) => other.split(".")[1] !== family) ?? "ml.g4dn.xlarge";
  return { isSupported: sizes !== undefined, gpus, alternative };
}
