import * as z from "zod";
import { dateSchema, requestSchema } from "../kept/kept-schemas.js";
import type { Collection } from "../kept/records.js";
import { validationError } from "../service-error.js";
import type { Shape } from "../shapes.js";
import type { DataCaptureConfig } from "./capture-writer.js";
import { endpointShapes } from "./endpoint-shapes.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { type ListRequest, listResources } from "./list-resources.js";
import type { Tag } from "./tags.js";

/** A CreateModel request after its shape was checked. @internal */
export interface CreateModelRequest {
  readonly ModelName: string;
  readonly PrimaryContainer?: { readonly Image?: string; readonly ModelDataUrl?: string };
  readonly Tags?: readonly Tag[];
}

/** One variant of an endpoint configuration. @internal */
export interface VariantConfig {
  readonly VariantName: string;
  readonly ModelName?: string;
  readonly InstanceType?: string;
  readonly InitialInstanceCount?: number;
  readonly InitialVariantWeight?: number;
  /** In place of instances; here it makes no difference. */
  readonly ServerlessConfig?: unknown;
}

/** A CreateEndpointConfig request after its shape was checked. @internal */
export interface CreateEndpointConfigRequest {
  readonly EndpointConfigName: string;
  readonly ProductionVariants: readonly VariantConfig[];
  /** A variant that gets a share of the requests and never answers. */
  readonly ShadowProductionVariants?: readonly VariantConfig[];
  readonly DataCaptureConfig?: DataCaptureConfig;
  readonly AsyncInferenceConfig?: unknown;
  readonly Tags?: readonly Tag[];
}

interface Stored<Request> {
  readonly request: Request;
  readonly arn: string;
  readonly created: Date;
}

/** The local models and endpoint configurations. @internal */
export class Models {
  readonly #environment: SageMakerEnvironment;
  readonly #models: Collection<Stored<CreateModelRequest>>;
  readonly #configs: Collection<Stored<CreateEndpointConfigRequest>>;

  /** @param environment - Region, account, clock and what keeps them. */
  constructor(environment: SageMakerEnvironment) {
    const { records, tags } = environment;
    this.#environment = environment;
    this.#models = records("models", storedSchema(endpointShapes.CreateModel));
    this.#configs = records("endpoint-configs", storedSchema(endpointShapes.CreateEndpointConfig));
    for (const { arn } of [...this.#models.values(), ...this.#configs.values()]) tags.restore(arn);
  }

  /** Accepts a model; whether its artifact can be served shows when an endpoint loads it. */
  createModel(request: CreateModelRequest): unknown {
    const arn = resourceArn(this.#environment, "model", request.ModelName);
    if (this.#models.has(request.ModelName)) throw validationError(`Cannot create already existing model "${arn}".`);
    if (request.PrimaryContainer?.Image === undefined) {
      throw validationError("Model must have a primary container with an image.");
    }
    this.#environment.tags.create(arn, request.Tags);
    this.#models.set(request.ModelName, { request, arn, created: this.#environment.now() });
    return { ModelArn: arn };
  }

  /** Describes a model. */
  describeModel({ ModelName }: { readonly ModelName: string }): unknown {
    const { request, arn, created } = this.findModel(ModelName);
    return { ...request, ModelArn: arn, CreationTime: epochSeconds(created) };
  }

  /** Forgets a model. */
  deleteModel({ ModelName }: { readonly ModelName: string }): unknown {
    const { arn } = this.findModel(ModelName);
    this.#models.delete(ModelName);
    this.#environment.tags.forget(arn);
    return {};
  }

  /** Lists the models. */
  listModels(request: ListRequest): unknown {
    const { summaries, NextToken } = listStored(this.#models, request, (ModelName, ModelArn, CreationTime) => ({
      ModelName,
      ModelArn,
      CreationTime,
    }));
    return { Models: summaries, NextToken };
  }

  /** Finds a model, or refuses as SageMaker does. */
  findModel(name: string): Stored<CreateModelRequest> {
    const model = this.#models.get(name);
    if (model) return model;
    throw validationError(`Could not find model "${resourceArn(this.#environment, "model", name)}".`);
  }

  /** Accepts an endpoint configuration. */
  createConfig(request: CreateEndpointConfigRequest): unknown {
    const arn = resourceArn(this.#environment, "endpoint-config", request.EndpointConfigName);
    if (this.#configs.has(request.EndpointConfigName)) {
      throw validationError(`Cannot create already existing endpoint configuration "${arn}".`);
    }
    this.#checkConfig(request);
    this.#environment.tags.create(arn, request.Tags);
    this.#configs.set(request.EndpointConfigName, { request, arn, created: this.#environment.now() });
    return { EndpointConfigArn: arn };
  }

  /** Describes an endpoint configuration. */
  describeConfig({ EndpointConfigName }: { readonly EndpointConfigName: string }): unknown {
    const { request, arn, created } = this.findConfig(EndpointConfigName);
    return { ...request, EndpointConfigArn: arn, CreationTime: epochSeconds(created) };
  }

  /** Forgets an endpoint configuration. */
  deleteConfig({ EndpointConfigName }: { readonly EndpointConfigName: string }): unknown {
    const { arn } = this.findConfig(EndpointConfigName);
    this.#configs.delete(EndpointConfigName);
    this.#environment.tags.forget(arn);
    return {};
  }

  /** Lists the endpoint configurations. */
  listConfigs(request: ListRequest): unknown {
    const { summaries, NextToken } = listStored(
      this.#configs,
      request,
      (EndpointConfigName, EndpointConfigArn, CreationTime) => ({
        EndpointConfigName,
        EndpointConfigArn,
        CreationTime,
      }),
    );
    return { EndpointConfigs: summaries, NextToken };
  }

  /** Finds an endpoint configuration, or refuses as SageMaker does. */
  findConfig(name: string): Stored<CreateEndpointConfigRequest> {
    const config = this.#configs.get(name);
    if (config) return config;
    throw validationError(
      `Could not find endpoint configuration "${resourceArn(this.#environment, "endpoint-config", name)}".`,
    );
  }

  #checkConfig({ ProductionVariants, ShadowProductionVariants = [], ...config }: CreateEndpointConfigRequest): void {
    if (config.AsyncInferenceConfig !== undefined) {
      throw validationError("The local AWS has no asynchronous inference; leave AsyncInferenceConfig out.");
    }
    if (ShadowProductionVariants.length > 0 && ProductionVariants.length + ShadowProductionVariants.length > 2) {
      throw validationError(
        "You can only specify one variant for ProductionVariants and one variant for ShadowProductionVariants.",
      );
    }
    const names = new Set<string>();
    for (const variant of [...ProductionVariants, ...ShadowProductionVariants]) {
      const { ModelName, VariantName, InstanceType, ServerlessConfig } = variant;
      if (names.has(VariantName)) throw validationError(`Two variants have the name ${VariantName}.`);
      names.add(VariantName);
      if (ModelName === undefined) throw validationError(`Variant ${VariantName} names no model.`);
      if (InstanceType === undefined && ServerlessConfig === undefined) {
        throw validationError(`Variant ${VariantName} names no instance type.`);
      }
      this.findModel(ModelName);
    }
  }
}

function storedSchema<Request>(shape: Shape): z.ZodType<Stored<Request>> {
  return z.object({ request: requestSchema<Request>(shape), arn: z.string(), created: dateSchema });
}

function listStored<Request>(
  stored: Collection<Stored<Request>>,
  request: ListRequest,
  describe: (name: string, arn: string, created: number) => unknown,
) {
  const resources = [...stored].map(([name, { arn, created }]) => {
    return { name, created, changed: created, summary: describe(name, arn, epochSeconds(created)) };
  });
  return listResources(resources, request);
}
