import { parseS3Uri } from "../../core/s3-uri.js";
import { type Classifier, createClassifier } from "../training/classifier.js";
import type { DataCaptureConfig } from "./capture-writer.js";
import type { SageMakerEnvironment } from "./environment.js";
import { unpackModel } from "./model-artifact.js";
import type { CreateEndpointConfigRequest, CreateModelRequest, Models, VariantConfig } from "./models.js";

/** A variant that is to answer. @internal */
export interface PlannedVariant {
  readonly config: VariantConfig;
  readonly weight: number;
  readonly instances: number;
  /** Its model, as it was then: an endpoint goes on when its model is deleted. */
  readonly model: CreateModelRequest;
}

/** What an endpoint configuration asks for. @internal */
export interface FleetPlan {
  readonly configName: string;
  readonly production: readonly PlannedVariant[];
  readonly shadow: readonly PlannedVariant[];
  readonly capture?: DataCaptureConfig;
}

/** A variant that answers. @internal */
export interface RunningVariant extends PlannedVariant {
  readonly classifier: Classifier;
}

/** Everything that serves one endpoint configuration; an update puts another in its place. @internal */
export interface Fleet extends FleetPlan {
  readonly production: readonly RunningVariant[];
  readonly shadow: readonly RunningVariant[];
}

/**
 * Finds what an endpoint configuration asks for.
 *
 * @param models - The models.
 * @param config - The endpoint configuration.
 * @returns The plan.
 * @throws {@link ServiceError} when a model is not there any more.
 * @internal
 */
export function planFleet(models: Models, config: CreateEndpointConfigRequest): FleetPlan {
  const plan = (variant: VariantConfig): PlannedVariant => ({
    config: variant,
    weight: variant.InitialVariantWeight ?? 1,
    instances: variant.InitialInstanceCount ?? 1,
    model: models.findModel(variant.ModelName ?? "").request,
  });
  return {
    configName: config.EndpointConfigName,
    production: config.ProductionVariants.map(plan),
    shadow: (config.ShadowProductionVariants ?? []).map(plan),
    ...(config.DataCaptureConfig === undefined ? {} : { capture: config.DataCaptureConfig }),
  };
}

/**
 * Loads the models of a plan.
 *
 * @param environment - S3.
 * @param plan - The plan.
 * @returns The fleet, ready to answer.
 * @throws Error with what becomes the endpoint's FailureReason.
 * @internal
 */
export async function startFleet(environment: Pick<SageMakerEnvironment, "objects">, plan: FleetPlan): Promise<Fleet> {
  const start = async (variant: PlannedVariant): Promise<RunningVariant> => ({
    ...variant,
    classifier: await loadModel(environment, variant.model, `variant ${variant.config.VariantName}`),
  });
  const production = await Promise.all(plan.production.map(start));
  const shadow = await Promise.all(plan.shadow.map(start));
  return { ...plan, production, shadow };
}

/**
 * Loads a model as its container does.
 *
 * @param environment - S3.
 * @param model - The model.
 * @param place - Where its container runs, for the message.
 * @returns The classifier.
 * @throws Error with the reason when the artifact is not there or no local job wrote it.
 * @internal
 */
export async function loadModel(
  { objects }: Pick<SageMakerEnvironment, "objects">,
  model: CreateModelRequest,
  place: string,
): Promise<Classifier> {
  const url = model.PrimaryContainer?.ModelDataUrl;
  if (url === undefined) throw new Error(`Model ${model.ModelName} names no model data.`);
  const { bucket, key } = parseS3Uri(url);
  const artifact = await objects.read(bucket, key);
  if (artifact === undefined) throw new Error(`Could not find model data at ${url}.`);
  try {
    return createClassifier(await unpackModel(artifact));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The container of ${place} cannot load ${url}: ${reason}`, { cause: error });
  }
}
