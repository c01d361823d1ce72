import { validationError } from "../service-error.js";
import type { DataCaptureConfig } from "./capture-writer.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";

/** A CreateModel request after its shape was checked. @internal */
export interface CreateModelRequest {
  readonly ModelName: string;
  readonly PrimaryContainer?: { readonly Image?: string; readonly ModelDataUrl?: string };
}

/** One variant of an endpoint configuration. @internal */
export interface VariantConfig {
  readonly VariantName: string;
  readonly ModelName?: string;
  readonly InstanceType?: string;
  readonly InitialInstanceCount?: number;
  readonly InitialVariantWeight?: number;
}

/** A CreateEndpointConfig request after its shape was checked. @internal */
export interface CreateEndpointConfigRequest {
  readonly EndpointConfigName: string;
  readonly ProductionVariants: readonly VariantConfig[];
  readonly DataCaptureConfig?: DataCaptureConfig;
}

interface Stored<Request> {
  readonly request: Request;
  readonly arn: string;
  readonly created: Date;
}

/** The local models and endpoint configurations. @internal */
export class Models {
  readonly #environment: SageMakerEnvironment;
  readonly #models = new Map<string, Stored<CreateModelRequest>>();
  readonly #configs = new Map<string, Stored<CreateEndpointConfigRequest>>();

  /** @param environment - Region, account and clock. */
  constructor(environment: SageMakerEnvironment) {
    this.#environment = environment;
  }

  /** Accepts a model; whether its artifact can be served shows when an endpoint loads it. */
  createModel(request: CreateModelRequest): unknown {
    const arn = resourceArn(this.#environment, "model", request.ModelName);
    if (this.#models.has(request.ModelName)) throw validationError(`Cannot create already existing model "${arn}".`);
    if (request.PrimaryContainer?.Image === undefined) {
      throw validationError("Model must have a primary container with an image.");
    }
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
    this.findModel(ModelName);
    this.#models.delete(ModelName);
    return {};
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
    for (const { ModelName, VariantName, InstanceType } of request.ProductionVariants) {
      if (ModelName === undefined) throw validationError(`Variant ${VariantName} names no model.`);
      if (InstanceType === undefined) throw validationError(`Variant ${VariantName} names no instance type.`);
      this.findModel(ModelName);
    }
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
    this.findConfig(EndpointConfigName);
    this.#configs.delete(EndpointConfigName);
    return {};
  }

  /** Finds an endpoint configuration, or refuses as SageMaker does. */
  findConfig(name: string): Stored<CreateEndpointConfigRequest> {
    const config = this.#configs.get(name);
    if (config) return config;
    throw validationError(
      `Could not find endpoint configuration "${resourceArn(this.#environment, "endpoint-config", name)}".`,
    );
  }
}
