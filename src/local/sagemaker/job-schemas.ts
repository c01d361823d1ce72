import * as z from "zod";
import { dateSchema, requestSchema } from "../kept/kept-schemas.js";
import { jobShapes } from "./job-shapes.js";
import { JOB_STATUSES } from "./job-table.js";
import type { CreateTrainingJobRequest, TrainingJob } from "./training-jobs.js";
import type { CreateTransformJobRequest, TransformJob } from "./transform-jobs.js";
import type { CreateTuningJobRequest, TuningJob } from "./tuning-jobs.js";
import { tuningShapes } from "./tuning-shapes.js";

/** What is kept of every job. */
const KEPT = {
  name: z.string(),
  arn: z.string(),
  created: dateSchema,
  ended: dateSchema.exactOptional(),
  status: z.enum(JOB_STATUSES),
  failureReason: z.string().exactOptional(),
};

const KeptTrainingJobSchema = z.object({
  ...KEPT,
  request: requestSchema<CreateTrainingJobRequest>(jobShapes.CreateTrainingJob),
  transitions: z.array(z.object({ status: z.string(), start: dateSchema, end: dateSchema.exactOptional() })),
  tuningArn: z.string().exactOptional(),
  started: dateSchema.exactOptional(),
  artifact: z.string().exactOptional(),
  lastEpoch: z
    .object({
      report: z.object({ trainAccuracy: z.number(), validationAccuracy: z.number().exactOptional() }),
      time: dateSchema,
    })
    .exactOptional(),
});

const KeptTransformJobSchema = z.object({
  ...KEPT,
  request: requestSchema<CreateTransformJobRequest>(jobShapes.CreateTransformJob),
  changed: dateSchema,
});

const KeptTuningJobSchema = z.object({
  ...KEPT,
  request: requestSchema<CreateTuningJobRequest>(tuningShapes.CreateHyperParameterTuningJob),
  children: z.array(z.object({ name: z.string(), tuned: z.record(z.string(), z.string()) })),
});

/** What no file can hold, for a job that does not run. */
const atRest = () => ({ controller: new AbortController(), done: Promise.resolve() });

/** Training jobs as they are kept. @internal */
export const TrainingJobSchema: z.ZodType<TrainingJob> = z.codec(KeptTrainingJobSchema, z.custom<TrainingJob>(), {
  decode: (kept) => ({ ...kept, ...atRest() }),
  encode: (job) => job,
});

/** Transform jobs as they are kept. @internal */
export const TransformJobSchema: z.ZodType<TransformJob> = z.codec(KeptTransformJobSchema, z.custom<TransformJob>(), {
  decode: (kept) => ({ ...kept, ...atRest() }),
  encode: (job) => job,
});

/** Tuning jobs as they are kept. @internal */
export const TuningJobSchema: z.ZodType<TuningJob> = z.codec(KeptTuningJobSchema, z.custom<TuningJob>(), {
  decode: (kept) => ({ ...kept, ...atRest() }),
  encode: (job) => job,
});
