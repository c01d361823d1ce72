import * as z from "zod";
import { type StagedDataset, StagedDatasetSchema, type TrainedModel } from "../../core/contracts.js";
import { ResourceNameSchema, RoleArnSchema } from "../../core/names.js";
import { type Hyperparameters, HyperparametersSchema } from "../hyperparameters/hyperparameters.js";
import { type AugmentedManifestDataset, AugmentedManifestDatasetSchema } from "./augmented-manifest.js";
import {
  environmentSchema,
  kmsKeyIdSchema,
  SpotOptionsSchema,
  s3LocationSchema,
  secondsSchema,
  tagsSchema,
  VpcOptionsSchema,
} from "./request-fields.js";

/** Managed spot training: AWS's spare machines at a discount, which it may take back. */
export interface SpotOptions {
  /** Seconds that waiting and running may take together; at least `maxRuntimeSeconds`. */
  readonly maxWaitSeconds: number;
}

/** A network of one's own that the job is attached to. */
export interface VpcOptions {
  /** Ids of 1 to 16 subnets. They need a way to S3, such as a gateway endpoint. */
  readonly subnets: readonly string[];
  /** Ids of 1 to 5 security groups. */
  readonly securityGroupIds: readonly string[];
}

/** A model to train on. A {@link TrainedModel} of `trainImageClassifier` is one. */
export interface InitialModel extends Pick<TrainedModel, "artifact" | "labels" | "imageShape"> {
  /** Its depth, where it is known; the new job must have the same. */
  readonly numLayers?: number | undefined;
}

/** What describes a training job. */
export interface TrainingJobOptions {
  /** The labelled images in S3, as `stageDataset` returns them, or listed by an augmented manifest. */
  readonly dataset: StagedDataset | AugmentedManifestDataset;
  /** ARN of the IAM role that the job runs as: it reads the data set and writes the artifact. */
  readonly roleArn: string;
  /** `s3://` location under which the job writes `{job}/output/model.tar.gz`. */
  readonly output: string;
  /** Hyper-parameters; what is left out takes AWS's default. */
  readonly hyperparameters?: Hyperparameters;
  /** Name of the job; unique for good in an account and region. @defaultValue a new name that begins with `scones` */
  readonly jobName?: string;
  /** Kind of machine; the algorithm trains on GPU instances only. @defaultValue `"ml.p3.2xlarge"` */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Disk of each machine, in GB; machines with a disk of their own use that. @defaultValue `30` */
  readonly volumeSizeGb?: number;
  /** Seconds after which AWS stops the job, and with it the bill; at most 28 days. @defaultValue `3600` */
  readonly maxRuntimeSeconds?: number;
  /**
   * Whether the data is copied before training begins or streamed meanwhile. RecordIO can do both.
   * @defaultValue `"File"`; `"Pipe"` for an augmented manifest
   */
  readonly inputMode?: "File" | "Pipe" | undefined;
  /** A model whose weights training goes on from; its classes, image shape and depth must be those of the job. */
  readonly initialModel?: InitialModel | undefined;
  /** Trains on spot machines. Add `checkpoints`, so that an interrupted job goes on instead of starting anew. */
  readonly spot?: SpotOptions | undefined;
  /** `s3://` location to which checkpoints are copied while the job runs, and from which an interrupted one goes on. */
  readonly checkpoints?: string | undefined;
  /** Attaches the job to a network of one's own. @defaultValue SageMaker's network */
  readonly vpc?: VpcOptions | undefined;
  /** Cuts the container off from every network. @defaultValue `false` */
  readonly networkIsolation?: boolean;
  /** Encrypts the traffic between the machines, which costs time. @defaultValue `false` */
  readonly encryptInterContainerTraffic?: boolean;
  /** KMS key that encrypts the artifact: id, ARN or alias. @defaultValue S3's key of the role's account */
  readonly outputKmsKeyId?: string | undefined;
  /** KMS key that encrypts the disks: id or ARN; not for machines with a disk of their own. @defaultValue SageMaker's key */
  readonly volumeKmsKeyId?: string | undefined;
  /** Environment variables of the container, at most 100. @defaultValue none */
  readonly environment?: Readonly<Record<string, string>>;
  /** How often AWS runs the job again after an internal error of its own, 1 to 30. @defaultValue not at all */
  readonly retryAttempts?: number | undefined;
  /** Further tags of the job, at most 49; `created-by: scones-ml` is always there. */
  readonly tags?: Readonly<Record<string, string>>;
}

const InitialModelSchema = z.object({
  artifact: s3LocationSchema.regex(/\.tar\.gz$/, "must be the model.tar.gz of a training job"),
  labels: z.array(z.string()).readonly(),
  imageShape: StagedDatasetSchema.unwrap().shape.imageShape,
  numLayers: z.int().min(1).optional(),
});

/** Schema fields shared by the builder, the preflight and `trainImageClassifier`; they hold the defaults. @internal */
export const trainingJobFields = {
  dataset: z.discriminatedUnion("format", [StagedDatasetSchema, AugmentedManifestDatasetSchema]),
  roleArn: RoleArnSchema,
  output: s3LocationSchema,
  hyperparameters: HyperparametersSchema.prefault({}),
  jobName: ResourceNameSchema.min(1).optional(),
  instanceType: z
    .string()
    .regex(/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/, "must be a SageMaker instance type such as ml.p3.2xlarge")
    .default("ml.p3.2xlarge"),
  instanceCount: z.int().min(1).default(1),
  volumeSizeGb: z.int().min(1).default(30),
  maxRuntimeSeconds: secondsSchema.default(3600),
  inputMode: z.literal(["File", "Pipe"]).optional(),
  initialModel: InitialModelSchema.optional(),
  spot: SpotOptionsSchema.optional(),
  checkpoints: s3LocationSchema.optional(),
  vpc: VpcOptionsSchema.optional(),
  networkIsolation: z.boolean().default(false),
  encryptInterContainerTraffic: z.boolean().default(false),
  outputKmsKeyId: kmsKeyIdSchema.optional(),
  volumeKmsKeyId: kmsKeyIdSchema.optional(),
  environment: environmentSchema.default({}),
  retryAttempts: z.int().min(1).max(30).optional(),
  tags: tagsSchema.default({}),
} as const;

const TrainingJobSchema = z.strictObject(trainingJobFields);

/** The options of a training job with every default filled in. @internal */
export type ResolvedTrainingJobOptions = z.output<typeof TrainingJobSchema>;
