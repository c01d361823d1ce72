import { parseS3Uri } from "../../core/s3-uri.js";
import { validationError } from "../service-error.js";
import { type Classifier, createClassifier } from "../training/classifier.js";
import type { DataCaptureConfig } from "./capture-writer.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { unpackModel } from "./model-artifact.js";
import type { Models, VariantConfig } from "./models.js";

/** A CreateEndpoint request after its shape was checked. @internal */
export interface CreateEndpointRequest {
  readonly EndpointName: string;
  readonly EndpointConfigName: string;
}

/** A variant that answers. @internal */
export interface RunningVariant {
  readonly config: VariantConfig;
  readonly weight: number;
  readonly classifier: Classifier;
}

/** An endpoint, whatever its status. @internal */
export interface Endpoint {
  readonly name: string;
  readonly arn: string;
  readonly configName: string;
  readonly variants: readonly VariantConfig[];
  readonly capture?: DataCaptureConfig;
  readonly created: Date;
  changed: Date;
  status: "Creating" | "InService" | "Failed";
  failureReason?: string;
  running: readonly RunningVariant[];
  done: Promise<void>;
}

/** The local endpoints: they load what a training job wrote and keep it in memory. @internal */
export class Endpoints {
  readonly #environment: SageMakerEnvironment;
  readonly #models: Models;
  readonly #endpoints = new Map<string, Endpoint>();

  /**
   * @param environment - S3, region, account and clock.
   * @param models - Models and endpoint configurations.
   */
  constructor(environment: SageMakerEnvironment, models: Models) {
    this.#environment = environment;
    this.#models = models;
  }

  /** Accepts an endpoint and begins to load its models. */
  create(request: CreateEndpointRequest): unknown {
    const name = request.EndpointName;
    const arn = resourceArn(this.#environment, "endpoint", name);
    // CreateEndpoint compares names without regard to case, although InvokeEndpoint does not.
    if ([...this.#endpoints.keys()].some((other) => other.toLowerCase() === name.toLowerCase())) {
      throw validationError(`Cannot create already existing endpoint "${arn}".`);
    }
    const { request: config } = this.#models.findConfig(request.EndpointConfigName);
    const created = this.#environment.now();
    const endpoint: Endpoint = {
      name,
      arn,
      configName: config.EndpointConfigName,
      variants: config.ProductionVariants,
      ...(config.DataCaptureConfig === undefined ? {} : { capture: config.DataCaptureConfig }),
      created,
      changed: created,
      status: "Creating",
      running: [],
      done: Promise.resolve(),
    };
    this.#endpoints.set(name, endpoint);
    endpoint.done = this.#start(endpoint);
    return { EndpointArn: arn };
  }

  /** Describes an endpoint. */
  describe({ EndpointName }: { readonly EndpointName: string }): unknown {
    const endpoint = this.#find(EndpointName);
    const { capture, status } = endpoint;
    return {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.configName,
      EndpointStatus: status,
      FailureReason: endpoint.failureReason,
      CreationTime: epochSeconds(endpoint.created),
      LastModifiedTime: epochSeconds(endpoint.changed),
      ProductionVariants:
        status !== "InService"
          ? undefined
          : endpoint.running.map(({ config, weight }) => ({
              VariantName: config.VariantName,
              CurrentWeight: weight,
              DesiredWeight: weight,
              CurrentInstanceCount: config.InitialInstanceCount ?? 1,
              DesiredInstanceCount: config.InitialInstanceCount ?? 1,
            })),
      DataCaptureConfig: capture && {
        EnableCapture: capture.EnableCapture ?? true,
        CaptureStatus: (capture.EnableCapture ?? true) ? "Started" : "Stopped",
        CurrentSamplingPercentage: capture.InitialSamplingPercentage,
        DestinationS3Uri: capture.DestinationS3Uri,
      },
    };
  }

  /** Forgets an endpoint. */
  delete({ EndpointName }: { readonly EndpointName: string }): unknown {
    this.#find(EndpointName);
    this.#endpoints.delete(EndpointName);
    return {};
  }

  /** An endpoint by its exact name. */
  get(name: string): Endpoint | undefined {
    return this.#endpoints.get(name);
  }

  /** Waits until nothing is being loaded any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.done));
  }

  #find(name: string): Endpoint {
    const endpoint = this.#endpoints.get(name);
    if (endpoint) return endpoint;
    throw validationError(`Could not find endpoint "${resourceArn(this.#environment, "endpoint", name)}".`);
  }

  async #start(endpoint: Endpoint): Promise<void> {
    try {
      endpoint.running = await Promise.all(endpoint.variants.map((variant) => this.#load(variant)));
      endpoint.status = "InService";
    } catch (error) {
      endpoint.status = "Failed";
      endpoint.failureReason = error instanceof Error ? error.message : String(error);
    }
    endpoint.changed = this.#environment.now();
  }

  async #load(config: VariantConfig): Promise<RunningVariant> {
    const { request: model } = this.#models.findModel(config.ModelName ?? "");
    const url = model.PrimaryContainer?.ModelDataUrl;
    if (url === undefined) throw new Error(`Model ${model.ModelName} names no model data.`);
    const { bucket, key } = parseS3Uri(url);
    const artifact = await this.#environment.objects.read(bucket, key);
    if (artifact === undefined) throw new Error(`Could not find model data at ${url}.`);
    try {
      const classifier = createClassifier(await unpackModel(artifact));
      return { config, weight: config.InitialVariantWeight ?? 1, classifier };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`The container of variant ${config.VariantName} cannot load ${url}: ${reason}`, { cause: error });
    }
  }
}
