import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import type { SageMakerClients } from "../../core/clients.js";
import type { DeployedEndpoint } from "../../core/contracts.js";
import { createResourceName } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { CreatedResources, type EndpointResource } from "./created-resources.js";
import { deleteEndpoint } from "./delete-endpoint.js";
import { EndpointError } from "./endpoint-error.js";
import { checkServing, type EndpointOptions, endpointFields, type ResolvedServing } from "./endpoint-fields.js";
import { buildResolved, type EndpointRequests, resolveCapture, trainedModels } from "./endpoint-request.js";
import { EndpointFailure, waitUntilInService } from "./wait-for-endpoint.js";

/** An endpoint that `await using` deletes; it is plain JSON but for that. */
export type LiveEndpoint = DeployedEndpoint & AsyncDisposable;

/** What `deployEndpoint` tells while it works. */
export type DeployProgressEvent =
  | {
      /** A resource was created. */
      readonly type: "created";
      /** Kind of the resource. */
      readonly resource: EndpointResource;
      /** Name of the resource. */
      readonly name: string;
    }
  | {
      /** The endpoint has another status. */
      readonly type: "status";
      /** The status, such as `Creating` or `InService`. */
      readonly status: string;
    }
  | {
      /** Something went wrong, and what was created has been removed again. */
      readonly type: "cleanup";
      /** What was removed, such as `model scones-1`. */
      readonly removed: readonly string[];
      /** What could not be removed and is still on AWS. */
      readonly left: readonly string[];
    };

/** Options of {@link deployEndpoint}. */
export interface DeployEndpointOptions extends EndpointOptions {
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

const OptionsSchema = z
  .strictObject({
    ...endpointFields,
    timeoutMs: z.number().positive().default(1_800_000),
    pollIntervalMs: z.number().positive().optional(),
    clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
    signal: signalSchema.optional(),
    onProgress: callbackSchema<(event: DeployProgressEvent) => void>().optional(),
  })
  .superRefine(checkServing);

/**
 * Puts one trained model, or several as variants, behind an endpoint: it creates models, endpoint configuration and
 * endpoint, and waits until the endpoint is in service. Every request is captured unless you say otherwise. AWS bills the
 * endpoint from then on until it is deleted, used or not; `await using` deletes it at the end of the block. When a step
 * fails, the wait is too long or the signal fires, what this call created is removed again. Needs
 * `sagemaker:CreateModel`, `CreateEndpointConfig`, `CreateEndpoint`, `DescribeEndpoint`, `AddTags`, the three deletes
 * and `iam:PassRole` for the role.
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
  const { timeoutMs, pollIntervalMs, clients, signal, onProgress, endpointName, ...serving } = parseOptions(
    "deployEndpoint",
    OptionsSchema,
    options,
  );
  const name = endpointName ?? createResourceName("scones");
  const requests = buildResolved(serving, name);

  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const created = new CreatedResources(client);
      const tell = (resource: EndpointResource, resourceName: string) =>
        onProgress?.({ type: "created", resource, name: resourceName });
      try {
        for (const model of requests.models) {
          const modelName = model.ModelName ?? name;
          await created.create("model", modelName, signal, (send) => client.send(new CreateModelCommand(model), send));
          tell("model", modelName);
        }
        await created.create("endpoint-config", name, signal, (send) =>
          client.send(new CreateEndpointConfigCommand(requests.endpointConfig), send),
        );
        tell("endpoint-config", name);
        const { EndpointArn = "" } = await created.create("endpoint", name, signal, (send) =>
          client.send(new CreateEndpointCommand(requests.endpoint), send),
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
        return makeDisposable(describeDeployed(serving, requests, name, EndpointArn), options.clients ?? {});
      } catch (error) {
        const { removed, left } = await created.removeAll();
        if (created.count > 0) onProgress?.({ type: "cleanup", removed, left });
        if (signal?.aborted) throw error;
        throw error instanceof EndpointFailure || left.length > 0 ? describeFailure(name, error, left) : error;
      }
    },
  );
}

/** @internal */
export function describeDeployed(
  serving: ResolvedServing,
  { models, endpointConfig }: Pick<EndpointRequests, "models" | "endpointConfig">,
  endpointName: string,
  endpointArn: string,
): DeployedEndpoint {
  const created = models.flatMap(({ ModelName }) => ModelName ?? []);
  const variants = [...(endpointConfig.ProductionVariants ?? []), ...(endpointConfig.ShadowProductionVariants ?? [])];
  const modelNames = [...new Set(variants.flatMap(({ ModelName }) => ModelName ?? []))];
  const reused = modelNames.filter((model) => !created.includes(model));
  const capture = resolveCapture(serving);
  return {
    endpointName,
    endpointArn,
    endpointConfigName: endpointConfig.EndpointConfigName ?? endpointName,
    modelNames,
    labels: serving.labels ?? trainedModels(serving)[0]?.labels ?? [],
    ...(reused.length > 0 ? { reusedModelNames: reused } : {}),
    ...(capture === undefined ? {} : { captures: `${capture.destination.replace(/\/+$/, "")}/${endpointName}/` }),
  };
}

/** The method is not enumerable, so that the value stays the JSON it was. @internal */
export function makeDisposable(endpoint: DeployedEndpoint, clients: SageMakerClients): LiveEndpoint {
  const dispose = () => deleteEndpoint({ endpoint, clients });
  return Object.defineProperty({ ...endpoint }, Symbol.asyncDispose, { value: dispose }) as LiveEndpoint;
}

function describeFailure(endpointName: string, error: unknown, left: readonly string[]): EndpointError {
  const failure = error instanceof EndpointFailure ? error : undefined;
  const status = failure?.status ?? "NotCreated";
  const reason = failure === undefined ? "a step failed, see the cause" : failure.reason;
  const rest =
    left.length === 0 ? "Nothing of it is left on AWS." : `Still there and to be deleted: ${left.join(", ")}.`;
  return new EndpointError({
    code: "ENDPOINT_FAILED",
    message: `Endpoint ${endpointName} did not come into service (${status}): ${reason ?? "SageMaker gives no reason"}. ${rest}`,
    details: {
      endpointName,
      status,
      left,
      ...(failure?.reason === undefined ? {} : { failureReason: failure.reason }),
    },
    ...(failure === undefined ? { cause: error } : {}),
  });
}
