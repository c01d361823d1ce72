import { parseS3Uri } from "../../core/s3-uri.js";
import { type Classifier, createClassifier } from "../training/classifier.js";
import type { DataCaptureConfig } from "./capture-writer.js";
import type { SageMakerEnvironment } from "./environment.js";
import { unpackModel } from "./model-artifact.js";
import type { CreateEndpointConfigRequest, Models, VariantConfig } from "./models.js";

/** A variant that answers. @internal */
export interface RunningVariant {
  readonly config: VariantConfig;
  readonly weight: number;
  readonly instances: number;
  readonly classifier: Classifier;
}

/** Everything that serves one endpoint configuration; an update puts another in its place. @internal */
export interface Fleet {
  readonly configName: string;
  readonly production: readonly RunningVariant[];
  readonly shadow: readonly RunningVariant[];
  readonly capture: DataCaptureConfig | undefined;
}

/**
 * Loads the models of an endpoint configuration.
 *
 * @param environment - S3.
 * @param models - The models.
 * @param config - The endpoint configuration.
 * @returns The fleet, ready to answer.
 * @throws Error with what becomes the endpoint's FailureReason.
 * @internal
 */
export async function startFleet(
  environment: Pick<SageMakerEnvironment, "objects">,
  models: Models,
  config: CreateEndpointConfigRequest,
): Promise<Fleet> {
  const start = async (variant: VariantConfig): Promise<RunningVariant> => ({
    config: variant,
    weight: variant.InitialVariantWeight ?? 1,
    instances: variant.InitialInstanceCount ?? 1,
    classifier: await loadModel(environment, models, variant.ModelName ?? "", `variant ${variant.VariantName}`),
  });
  const production = await Promise.all(config.ProductionVariants.map(start));
  const shadow = await Promise.all((config.ShadowProductionVariants ?? []).map(start));
  return { configName: config.EndpointConfigName, production, shadow, capture: config.DataCaptureConfig };
}

/**
 * Loads a model as its container does.
 *
 * @param environment - S3.
 * @param models - The models.
 * @param name - Name of the model.
 * @param place - Where its container runs, for the message.
 * @returns The classifier.
 * @throws Error with the reason when the artifact is not there or no local job wrote it.
 * @internal
 */
export async function loadModel(
  { objects }: Pick<SageMakerEnvironment, "objects">,
  models: Models,
  name: string,
  place: string,
): Promise<Classifier> {
  const { request: model } = models.findModel(name);
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
