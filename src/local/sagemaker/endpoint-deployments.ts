import { variantLog } from "./endpoint-log.js";
import type { Endpoint } from "./endpoints.js";
import type { SageMakerEnvironment } from "./environment.js";
import type { CreateEndpointConfigRequest, Models } from "./models.js";
import { type Fleet, type FleetPlan, planFleet, startFleet } from "./variant-fleet.js";

/** Puts fleets in service, in the background, and leads the endpoints through their states. @internal */
export class EndpointDeployments {
  readonly #environment: SageMakerEnvironment;
  readonly #models: Models;
  readonly #keep: (endpoint: Endpoint) => void;

  /**
   * @param environment - S3, clock and log.
   * @param models - The models.
   * @param keep - Keeps an endpoint as it is now.
   */
  constructor(environment: SageMakerEnvironment, models: Models, keep: (endpoint: Endpoint) => void) {
    this.#environment = environment;
    this.#models = models;
    this.#keep = keep;
  }

  /** Puts a new endpoint in service. */
  start(endpoint: Endpoint): void {
    this.#work(endpoint, async () => {
      await this.#environment.hold("CreateEndpoint");
      await this.#start(endpoint);
    });
  }

  /** Puts another configuration in service; the old variants answer until the new ones are loaded. */
  update(endpoint: Endpoint, config: CreateEndpointConfigRequest): void {
    endpoint.pending = { config, startedAt: this.#environment.now() };
    delete endpoint.failureReason;
    this.#enter(endpoint, "Updating");
    this.#work(endpoint, async () => {
      await this.#environment.hold("UpdateEndpoint");
      await this.#replace(endpoint, config);
    });
  }

  /** Gives variants that run other weights and instance counts. */
  reweigh(endpoint: Endpoint, fleet: Fleet): void {
    endpoint.next = fleet;
    this.#enter(endpoint, "Updating");
    this.#work(endpoint, async () => {
      await Promise.resolve();
      this.#serve(endpoint, fleet);
      this.#enter(endpoint, "InService");
    });
  }

  /** Serves again what an earlier process served, and goes on with what it had begun. */
  restore(endpoint: Endpoint): void {
    const { next, pending, status } = endpoint;
    this.#work(endpoint, async () => {
      if (next === undefined) return this.#start(endpoint);
      try {
        const names = [...next.production, ...next.shadow].map(({ config }) => config.VariantName);
        this.#serve(endpoint, await this.#load(endpoint, names, () => next));
      } catch (error) {
        delete endpoint.pending;
        return this.#fail(endpoint, error);
      }
      if (pending !== undefined) await this.#replace(endpoint, pending.config);
      else if (status !== "InService") this.#enter(endpoint, "InService");
    });
  }

  async #start(endpoint: Endpoint): Promise<void> {
    try {
      this.#serve(endpoint, await this.#loadConfig(endpoint, endpoint.config));
    } catch (error) {
      return this.#fail(endpoint, error);
    }
    this.#enter(endpoint, "InService");
  }

  async #replace(endpoint: Endpoint, config: CreateEndpointConfigRequest): Promise<void> {
    try {
      this.#serve(endpoint, await this.#loadConfig(endpoint, config));
    } catch (error) {
      // The old fleet never stopped answering; it simply stays.
      endpoint.failureReason = `${describe(error)} The endpoint was rolled back to ${endpoint.fleet?.configName}.`;
      this.#enter(endpoint, "RollingBack");
    }
    delete endpoint.pending;
    this.#enter(endpoint, "InService");
  }

  #fail(endpoint: Endpoint, error: unknown): void {
    endpoint.failureReason = describe(error);
    this.#enter(endpoint, "Failed");
  }

  #serve(endpoint: Endpoint, fleet: Fleet): void {
    endpoint.fleet = fleet;
    delete endpoint.next;
  }

  /** Changes the status. Nobody sees an endpoint before it is kept: nothing else runs in between. */
  #enter(endpoint: Endpoint, status: Endpoint["status"]): void {
    endpoint.status = status;
    endpoint.changed = this.#environment.now();
    this.#keep(endpoint);
  }

  #work(endpoint: Endpoint, work: () => Promise<void>): void {
    endpoint.done = work().catch((error: unknown) => {
      // It stands as it says, but not on disk: a restart will find what was before and go on from there.
      const names = endpoint.config.ProductionVariants.map(({ VariantName }) => VariantName);
      this.#log(endpoint, names, `ERROR The endpoint could not be kept: ${describe(error)}`);
    });
  }

  #loadConfig(endpoint: Endpoint, config: CreateEndpointConfigRequest): Promise<Fleet> {
    const variants = [...config.ProductionVariants, ...(config.ShadowProductionVariants ?? [])];
    const names = variants.map(({ VariantName }) => VariantName);
    return this.#load(endpoint, names, () => planFleet(this.#models, config));
  }

  async #load(endpoint: Endpoint, variantNames: readonly string[], plan: () => FleetPlan): Promise<Fleet> {
    try {
      const fleet = await startFleet(this.#environment, plan());
      this.#log(endpoint, variantNames, "INFO The local AWS has loaded the model; the container is ready to answer.");
      return fleet;
    } catch (error) {
      this.#log(endpoint, variantNames, `ERROR ${describe(error)}`);
      throw error;
    }
  }

  #log({ name }: Endpoint, variantNames: readonly string[], message: string): void {
    for (const variantName of variantNames) variantLog(this.#environment, name, variantName).write(message);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
