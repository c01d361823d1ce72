import { CreateEndpointCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import type { SageMakerClients } from "../../core/clients.js";
import type { DeployedEndpoint } from "../../core/contracts.js";
import { createResourceName } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { CreatedResources, createServing, type EndpointResource } from "./created-resources.js";
import { deleteEndpoint } from "./delete-endpoint.js";
import { type ConfigReuseOptions, configReuseFields, type DeployPlan, planReuse, planServing } from "./deploy-plan.js";
import { explainFailure } from "./endpoint-failure.js";
import { checkServing, type EndpointOptions, endpointFields } from "./endpoint-fields.js";
import { waitUntilInService } from "./wait-for-endpoint.js";

/** An endpoint that `await using` deletes; it is plain JSON but for that. */
export type LiveEndpoint = DeployedEndpoint & AsyncDisposable;

/** A resource was created. */
export interface ResourceCreatedEvent {
  /** Kind of the event. */
  readonly type: "created";
  /** Kind of the resource. */
  readonly resource: EndpointResource;
  /** Name of the resource. */
  readonly name: string;
}

/** An endpoint or a job has another status. */
export interface ResourceStatusEvent {
  /** Kind of the event. */
  readonly type: "status";
  /** The status, such as `Creating`, `InService` or `InProgress`. */
  readonly status: string;
}

/** What was created for a call has been removed again. */
export interface ResourceCleanupEvent {
  /** Kind of the event. */
  readonly type: "cleanup";
  /** What was removed, such as `model scones-1`. */
  readonly removed: readonly string[];
  /** What could not be removed and is still on AWS; `listOrphans` finds it. */
  readonly left: readonly string[];
}

/** What `deployEndpoint` and `updateEndpoint` tell while they work. */
export type DeployProgressEvent = ResourceCreatedEvent | ResourceStatusEvent | ResourceCleanupEvent;

/** How {@link deployEndpoint} works and waits. */
export interface DeployWaitOptions {
  /** Milliseconds to wait until the endpoint is in service. @defaultValue `1800000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions for the status. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Gives up; what this call created is removed again before it rejects. */
  readonly signal?: AbortSignal;
  /** Is told each step. */
  readonly onProgress?: (event: DeployProgressEvent) => void;
}

/** Options of {@link deployEndpoint}: what to serve, or `endpointConfigName` for a configuration that is there already. */
export type DeployEndpointOptions = DeployWaitOptions & (EndpointOptions | ConfigReuseOptions);

const waitFields = {
  timeoutMs: z.number().positive().default(1_800_000),
  pollIntervalMs: z.number().positive().optional(),
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: DeployProgressEvent) => void>().optional(),
};

const ServingSchema = z.strictObject({ ...endpointFields, ...waitFields }).superRefine(checkServing);

const ReuseSchema = z.strictObject({ ...configReuseFields, ...waitFields });

/**
 * Puts one trained model, or several as variants, behind an endpoint: it creates models, endpoint configuration and
 * endpoint, and waits until the endpoint is in service. Every request is captured unless you say otherwise. AWS bills the
 * endpoint from then on until it is deleted, used or not; `await using` deletes it at the end of the block. With
 * `endpointConfigName` it creates the endpoint alone, on models and a configuration that are there already. When a step
 * fails, the wait is too long or the signal fires, what this call created is removed again. Needs
 * `sagemaker:CreateModel`, `CreateEndpointConfig`, `CreateEndpoint`, `DescribeEndpoint`, `AddTags`, the three deletes
 * and `iam:PassRole` for the role; for a configuration that is there, `DescribeEndpointConfig` instead of the first two.
 *
 * @param options - See {@link DeployEndpointOptions}.
 * @returns The endpoint, with all that `deleteEndpoint` needs to remove it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; nothing was created.
 * @throws {@link EndpointError} `ENDPOINT_FAILED` when the endpoint did not come into service, or AWS refused a step and
 *   something could not be removed again, which `details.left` names.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when it did not come into service in time.
 *
 * @example
 * ```ts
 * import type { TrainedModel } from "scones-ml/core";
 * import { deployEndpoint } from "scones-ml/inference";
 *
 * export async function deploy(model: TrainedModel) {
 *   return deployEndpoint({
 *     model,
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     capture: { destination: "s3://scones/data_capture" },
 *   });
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints.html
 */
export async function deployEndpoint(options: DeployEndpointOptions): Promise<LiveEndpoint> {
  const parsed = parseDeployOptions(options);
  const { timeoutMs, pollIntervalMs, clients, signal, onProgress } = parsed;
  const name = parsed.endpointName ?? createResourceName("scones");
  const makePlan = preparePlan(parsed, name);

  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const created = new CreatedResources(client);
      const tell = (resource: EndpointResource, resourceName: string) =>
        onProgress?.({ type: "created", resource, name: resourceName });
      try {
        const plan = await makePlan(client);
        await createServing(created, client, plan, signal, tell);
        const { EndpointArn = "" } = await created.create("endpoint", name, signal, (send) =>
          client.send(new CreateEndpointCommand(plan.endpoint), send),
        );
        tell("endpoint", name);
        await waitUntilInService({
          client,
          name,
          timeoutMs,
          pollIntervalMs,
          signal,
          onStatus: (status) => onProgress?.({ type: "status", status }),
          remedy: "What was created is being removed; deploy again.",
        });
        return makeDisposable(plan.describe(EndpointArn), options.clients ?? {});
      } catch (error) {
        const { removed, left } = await created.removeAll();
        if (created.count > 0) onProgress?.({ type: "cleanup", removed, left });
        throw signal?.aborted ? error : explainFailure("ENDPOINT_FAILED", name, error, left);
      }
    },
  );
}

function parseDeployOptions(options: DeployEndpointOptions) {
  const isReuse = typeof options === "object" && options !== null && "endpointConfigName" in options;
  return isReuse
    ? parseOptions("deployEndpoint", ReuseSchema, options)
    : parseOptions("deployEndpoint", ServingSchema, options);
}

/** New resources are planned before the first request, so that a wrong name costs none. */
function preparePlan(
  parsed: ReturnType<typeof parseDeployOptions>,
  name: string,
): (client: SageMakerClient) => DeployPlan | Promise<DeployPlan> {
  if ("endpointConfigName" in parsed) return (client) => planReuse(parsed, name, client, parsed.signal);
  const plan = planServing(parsed, name);
  return () => plan;
}

/** The method is not enumerable, so that the value stays the JSON it was. @internal */
export function makeDisposable(endpoint: DeployedEndpoint, clients: SageMakerClients): LiveEndpoint {
  const dispose = () => deleteEndpoint({ endpoint, clients });
  return Object.defineProperty({ ...endpoint }, Symbol.asyncDispose, { value: dispose }) as LiveEndpoint;
}
