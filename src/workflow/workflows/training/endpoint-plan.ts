import type { CreateEndpointConfigCommandInput, ProductionVariantInstanceType } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import type { Reference } from "../../definition/data/reference.js";
import type { SageMakerTaskOptions } from "../../definition/steps/sagemaker-task.js";

/** What an endpoint records. */
type DataCapture = NonNullable<CreateEndpointConfigCommandInput["DataCaptureConfig"]>;

/** The endpoint that a training workflow makes. */
export interface EndpointPlan {
  /** Type of the instances. @defaultValue `"ml.m5.xlarge"` */
  readonly instanceType?: string;
  /** Number of instances. @defaultValue `1` */
  readonly instanceCount?: number;
  /** What the endpoint records, as the SDK has it. @defaultValue nothing */
  readonly dataCapture?: NonNullable<CreateEndpointConfigCommandInput["DataCaptureConfig"]>;
}

/** Schema of {@link EndpointPlan}. @internal */
export const endpointPlanSchema = z.strictObject({
  instanceType: z
    .string()
    .regex(/^(ml\.[a-z0-9-]+\.[a-z0-9]+|\$\{[\w:.]+\})$/, "must be an instance type such as ml.m5.xlarge")
    .default("ml.m5.xlarge"),
  instanceCount: z.int().min(1).default(1),
  dataCapture: z
    .custom<DataCapture>(
      (value) => typeof value === "object" && value !== null && "DestinationS3Uri" in value,
      "must be a DataCaptureConfig with DestinationS3Uri",
    )
    .optional(),
});

/** Marks what this library has made, so that `deleteEndpoint` takes the model away with the endpoint. @internal */
export const OWN_TAGS = [{ Key: "created-by", Value: "scones-ml" }] as const;

/** Name that AWS's console and `deployEndpoint` give the only variant. */
const VARIANT = "AllTraffic";

/**
 * Writes the request for the endpoint configuration.
 *
 * @param plan - The plan.
 * @param name - Name of the configuration and of the model.
 * @returns Parameters of CreateEndpointConfig.
 * @internal
 */
export function writeEndpointConfig<Input>(
  { instanceType, instanceCount, dataCapture }: z.output<typeof endpointPlanSchema>,
  name: Reference<Input>,
): SageMakerTaskOptions<"createEndpointConfig", Input>["parameters"] {
  const variant = {
    VariantName: VARIANT,
    ModelName: name,
    // The service knows more types than the SDK of today.
    InstanceType: instanceType as ProductionVariantInstanceType,
    InitialInstanceCount: instanceCount,
    InitialVariantWeight: 1,
  };
  return {
    EndpointConfigName: name,
    ProductionVariants: [variant],
    Tags: OWN_TAGS,
    ...(dataCapture === undefined ? {} : { DataCaptureConfig: dataCapture }),
  };
}
