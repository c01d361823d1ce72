import type { Collection } from "../kept/records.js";
import { validationError } from "../service-error.js";
import { describeEndpoint } from "./describe-endpoint.js";
import { EndpointDeployments } from "./endpoint-deployments.js";
import { type ENDPOINT_STATUSES, EndpointSchema } from "./endpoint-schema.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { type ListRequest, listResources } from "./list-resources.js";
import type { CreateEndpointConfigRequest, Models } from "./models.js";
import { type RetainOptions, retainProperties } from "./retain-properties.js";
import type { Tag } from "./tags.js";
import type { Fleet, FleetPlan } from "./variant-fleet.js";

/** A CreateEndpoint request after its shape was checked. @internal */
export interface CreateEndpointRequest {
  readonly EndpointName: string;
  readonly EndpointConfigName: string;
  readonly DeploymentConfig?: unknown;
  readonly Tags?: readonly Tag[];
}

/** An UpdateEndpoint request after its shape was checked. @internal */
export interface UpdateEndpointRequest extends CreateEndpointRequest, RetainOptions {
  readonly RetainDeploymentConfig?: boolean;
}

/** An UpdateEndpointWeightsAndCapacities request after its shape was checked. @internal */
export interface UpdateWeightsRequest {
  readonly EndpointName: string;
  readonly DesiredWeightsAndCapacities: readonly {
    readonly VariantName: string;
    readonly DesiredWeight?: number;
    readonly DesiredInstanceCount?: number;
  }[];
}

/** An endpoint, whatever its status. @internal */
export interface Endpoint {
  readonly name: string;
  readonly arn: string;
  /** The configuration that it was created with. */
  readonly config: CreateEndpointConfigRequest;
  readonly created: Date;
  changed: Date;
  status: (typeof ENDPOINT_STATUSES)[number];
  failureReason?: string;
  /** What answers; none before it was in service. */
  fleet?: Fleet;
  /** What will answer next without an update: other weights, or what an earlier process served. */
  next?: FleetPlan;
  deployment?: unknown;
  /** The update under way. */
  pending?: { readonly config: CreateEndpointConfigRequest; readonly startedAt: Date };
  done: Promise<void>;
}

/** The local endpoints: they load what a training job wrote and keep it in memory. @internal */
export class Endpoints {
  readonly #environment: SageMakerEnvironment;
  readonly #models: Models;
  readonly #endpoints: Collection<Endpoint>;
  readonly #deployments: EndpointDeployments;

  /**
   * @param environment - S3, region, account, clock and what keeps them.
   * @param models - Models and endpoint configurations.
   */
  constructor(environment: SageMakerEnvironment, models: Models) {
    this.#environment = environment;
    this.#models = models;
    this.#endpoints = environment.records("endpoints", EndpointSchema);
    this.#deployments = new EndpointDeployments(environment, models, (endpoint) => this.#keep(endpoint));
    for (const { arn } of this.#endpoints.values()) environment.tags.restore(arn);
  }

  /** Loads again what an earlier process served, and goes on with what it had begun. */
  async restore(): Promise<void> {
    const endpoints = [...this.#endpoints.values()].filter(({ status }) => status !== "Failed");
    for (const endpoint of endpoints) this.#deployments.restore(endpoint);
    await this.close();
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
      config,
      created,
      changed: created,
      status: "Creating",
      deployment: request.DeploymentConfig,
      done: Promise.resolve(),
    };
    this.#environment.tags.create(arn, request.Tags);
    this.#endpoints.set(name, endpoint);
    this.#deployments.start(endpoint);
    return { EndpointArn: arn };
  }

  /** Describes an endpoint. */
  describe({ EndpointName }: { readonly EndpointName: string }): unknown {
    return describeEndpoint(this.#find(EndpointName));
  }

  /** Lists the endpoints. */
  list(request: ListRequest): unknown {
    const resources = [...this.#endpoints.values()].map(({ name, arn, created, changed, status }) => ({
      name,
      created,
      changed,
      status,
      summary: {
        EndpointName: name,
        EndpointArn: arn,
        CreationTime: epochSeconds(created),
        LastModifiedTime: epochSeconds(changed),
        EndpointStatus: status,
      },
    }));
    const { summaries, NextToken } = listResources(resources, request);
    return { Endpoints: summaries, NextToken };
  }

  /** Begins to put another configuration in service; the old variants answer until the new ones are loaded. */
  update(request: UpdateEndpointRequest): unknown {
    const { endpoint, fleet } = this.#findUpdatable(request.EndpointName);
    const { request: given } = this.#models.findConfig(request.EndpointConfigName);
    const config = retainProperties(given, fleet, request);
    if (request.RetainDeploymentConfig !== true) endpoint.deployment = request.DeploymentConfig;
    this.#deployments.update(endpoint, config);
    return { EndpointArn: endpoint.arn };
  }

  /** Changes weights and instance counts of variants that run. */
  updateWeights({ EndpointName, DesiredWeightsAndCapacities: changes }: UpdateWeightsRequest): unknown {
    const { endpoint, fleet } = this.#findUpdatable(EndpointName);
    for (const { VariantName } of changes) {
      if (fleet.production.some(({ config }) => config.VariantName === VariantName)) continue;
      throw validationError(
        `The variant name(s) "${VariantName}" is/are not present within endpoint "${EndpointName}".`,
      );
    }
    const production = fleet.production.map((variant) => {
      const change = changes.find(({ VariantName }) => VariantName === variant.config.VariantName);
      const { weight, instances } = variant;
      return {
        ...variant,
        weight: change?.DesiredWeight ?? weight,
        instances: change?.DesiredInstanceCount ?? instances,
      };
    });
    this.#deployments.reweigh(endpoint, { ...fleet, production });
    return { EndpointArn: endpoint.arn };
  }

  /** Forgets an endpoint. */
  delete({ EndpointName }: { readonly EndpointName: string }): unknown {
    const { arn } = this.#find(EndpointName);
    this.#endpoints.delete(EndpointName);
    this.#environment.tags.forget(arn);
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

  #findUpdatable(name: string): { readonly endpoint: Endpoint; readonly fleet: Fleet } {
    const endpoint = this.#find(name);
    const { fleet, status, arn } = endpoint;
    if (fleet !== undefined && status === "InService") return { endpoint, fleet };
    throw validationError(
      status === "Failed" ? `Cannot update failed endpoint "${arn}".` : `Cannot update in-progress endpoint "${arn}".`,
    );
  }

  #keep(endpoint: Endpoint): void {
    // It may have been deleted meanwhile, and even created anew.
    if (this.#endpoints.get(endpoint.name) === endpoint) this.#endpoints.set(endpoint.name, endpoint);
  }
}
