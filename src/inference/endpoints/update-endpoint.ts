import {
  type DeploymentConfig,
  DescribeEndpointCommand,
  SageMakerClient,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import type { DeployedEndpoint } from "../../core/contracts.js";
import { createResourceName, ResourceNameSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { isRefusal } from "../../core/refusal.js";
import { useClient } from "../../core/use-client.js";
import { CreatedResources, createServing, removeResource } from "./created-resources.js";
import { type DeployProgressEvent, type LiveEndpoint, makeDisposable } from "./deploy-endpoint.js";
import { describeDeployed } from "./deploy-plan.js";
import { EndpointFailure, explainFailure } from "./endpoint-failure.js";
import { checkServing, type ServingOptions, servingFields } from "./endpoint-fields.js";
import { buildServing } from "./endpoint-request.js";
import { ignoreMissing } from "./missing-resource.js";
import { waitUntilInService } from "./wait-for-endpoint.js";

/** How the traffic moves from the old machines to the new ones. */
export interface TrafficShift {
  /** All at once; a first part, then the rest; or in equal steps. */
  readonly type: "all-at-once" | "canary" | "linear";
  /** Part that goes first, or each step, in percent: canary up to 50, linear 10 to 50. @defaultValue `10` */
  readonly percent?: number;
  /** Seconds to watch after each step, 0 to 3600. @defaultValue `300` */
  readonly waitSeconds?: number;
}

/** Options of {@link updateEndpoint}. */
export interface UpdateEndpointOptions extends ServingOptions {
  /** The endpoint, as `deployEndpoint` returned it. */
  readonly endpoint: DeployedEndpoint;
  /** How the traffic moves. @defaultValue `{ type: "all-at-once" }` */
  readonly shift?: TrafficShift;
  /** Names of CloudWatch alarms, at most 10; when one goes off, SageMaker goes back to the old machines. */
  readonly rollbackAlarms?: readonly string[];
  /** Milliseconds to wait for the end of the update. @defaultValue `7200000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Ends the wait; once the update has begun it goes on on AWS, with old and new configuration in place. */
  readonly signal?: AbortSignal;
  /** Is told each step. */
  readonly onProgress?: (event: DeployProgressEvent) => void;
}

const OptionsSchema = z
  .strictObject({
    ...servingFields,
    endpoint: z.custom<DeployedEndpoint>(
      (value) => z.looseObject({ endpointName: ResourceNameSchema }).safeParse(value).success,
      "must be what deployEndpoint returned",
    ),
    shift: z
      .strictObject({
        type: z.enum(["all-at-once", "canary", "linear"]),
        percent: z.int().min(1).max(50).default(10),
        waitSeconds: z.int().min(0).max(3600).default(300),
      })
      .refine(({ type, percent }) => type !== "linear" || percent >= 10, {
        path: ["percent"],
        message: "linear: at least 10",
      })
      .optional(),
    rollbackAlarms: z.array(z.string().min(1).max(255)).min(1).max(10).readonly().optional(),
    timeoutMs: z.number().positive().default(7_200_000),
    pollIntervalMs: z.number().positive().optional(),
    clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
    signal: signalSchema.optional(),
    onProgress: callbackSchema<(event: DeployProgressEvent) => void>().optional(),
  })
  .superRefine(checkServing);

/**
 * Puts other models behind an endpoint without downtime (blue/green): new models and a new configuration, and once the
 * endpoint is in service with them, the old configuration and the old models are deleted. When a step is refused or
 * SageMaker rolls back, the new ones are removed and the endpoint serves as before. When the wait ends early the update
 * goes on, and both stay. Needs the permissions of `deployEndpoint` and `sagemaker:UpdateEndpoint`.
 *
 * @param options - See {@link UpdateEndpointOptions}.
 * @returns The endpoint as it is now.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link EndpointError} `ENDPOINT_UPDATE_FAILED` when it was rolled back, or something could not be removed.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when it took too long; the update goes on on AWS.
 *
 * @example
 * ```ts
 * import type { DeployedEndpoint, TrainedModel } from "scones-ml/core";
 * import { updateEndpoint } from "scones-ml/inference";
 *
 * export function renew(endpoint: DeployedEndpoint, model: TrainedModel) {
 *   return updateEndpoint({
 *     endpoint,
 *     model,
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     shift: { type: "canary", percent: 10, waitSeconds: 600 },
 *     rollbackAlarms: ["scones-errors"],
 *   });
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
 */
export async function updateEndpoint(options: UpdateEndpointOptions): Promise<LiveEndpoint> {
  const { endpoint, shift, rollbackAlarms, timeoutMs, pollIntervalMs, clients, signal, onProgress, ...serving } =
    parseOptions("updateEndpoint", OptionsSchema, options);
  const name = endpoint.endpointName;
  const configName = createResourceName("scones");
  const requests = buildServing(serving, configName);
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const created = new CreatedResources(client);
      const before = await abortable(signal, (send) =>
        client.send(new DescribeEndpointCommand({ EndpointName: name }), send),
      );
      let isUnderWay = false;
      try {
        await createServing(created, client, requests, signal, (resource, created) =>
          onProgress?.({ type: "created", resource, name: created }),
        );
        const input = {
          EndpointName: name,
          EndpointConfigName: configName,
          DeploymentConfig: buildDeployment(shift, rollbackAlarms),
        };
        signal?.throwIfAborted();
        // Whatever comes after this was sent, AWS may be about to use the new configuration.
        isUnderWay = true;
        await abortable(signal, (send) => client.send(new UpdateEndpointCommand(input), send)).catch(
          (error: unknown) => {
            if (isRefusal(error)) isUnderWay = false;
            throw error;
          },
        );
        const after = await waitUntilInService({
          client,
          name,
          timeoutMs,
          pollIntervalMs,
          signal,
          onStatus: (status) => onProgress?.({ type: "status", status }),
          remedy: "The update goes on on AWS; old and new configuration are both there.",
        });
        if (after.EndpointConfigName !== configName) {
          isUnderWay = false;
          throw new EndpointFailure("RolledBack", after.FailureReason);
        }
      } catch (error) {
        const { removed, left } = isUnderWay ? { removed: [], left: [] } : await created.removeAll();
        if (removed.length + left.length > 0) onProgress?.({ type: "cleanup", removed, left });
        throw signal?.aborted ? error : explainFailure("ENDPOINT_UPDATE_FAILED", name, error, left);
      }
      const updated = describeDeployed(serving, requests, name, before.EndpointArn ?? endpoint.endpointArn);
      const old = { ...endpoint, endpointConfigName: before.EndpointConfigName ?? endpoint.endpointConfigName };
      const left = await removeOld(client, old, updated);
      if (left.length > 0) {
        const done = new EndpointFailure("InService", "the update is done, but old resources could not be removed");
        throw explainFailure("ENDPOINT_UPDATE_FAILED", name, done, left);
      }
      return makeDisposable(updated, options.clients ?? {});
    },
  );
}

function buildDeployment(
  shift: z.output<typeof OptionsSchema>["shift"],
  alarms: readonly string[] | undefined,
): DeploymentConfig {
  const size = { Type: "CAPACITY_PERCENT" as const, Value: shift?.percent ?? 10 };
  const wait = { WaitIntervalInSeconds: shift?.waitSeconds ?? 0 };
  const routing =
    shift?.type === "canary"
      ? { Type: "CANARY" as const, ...wait, CanarySize: size }
      : shift?.type === "linear"
        ? { Type: "LINEAR" as const, ...wait, LinearStepSize: size }
        : { Type: "ALL_AT_ONCE" as const, ...wait };
  return {
    BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing },
    ...(alarms === undefined
      ? {}
      : { AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) } }),
  };
}

async function removeOld(
  client: SageMakerClient,
  old: DeployedEndpoint,
  { modelNames }: DeployedEndpoint,
): Promise<readonly string[]> {
  const models = old.modelNames.filter((name) => !modelNames.includes(name) && !old.reusedModelNames?.includes(name));
  const left: string[] = [];
  const remove = (resource: "endpoint-config" | "model", name: string) =>
    ignoreMissing(() => removeResource(client, resource, name)).catch(() => left.push(`${resource} ${name}`));
  if (!old.reusesEndpointConfig) await remove("endpoint-config", old.endpointConfigName);
  for (const name of models) await remove("model", name);
  return left;
}
