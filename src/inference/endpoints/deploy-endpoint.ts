import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import type { DeployedEndpoint } from "../../core/contracts.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { poll } from "../../core/poll.js";
import { useClient } from "../../core/use-client.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { EndpointError } from "./endpoint-error.js";
import { buildEndpointRequests, type EndpointOptions, endpointFields } from "./endpoint-request.js";
import { ignoreMissing } from "./missing-resource.js";

/** What `deployEndpoint` tells while it works. */
export type DeployProgressEvent =
  | {
      /** A resource was created. */
      readonly type: "created";
      /** Kind of the resource. */
      readonly resource: "model" | "endpoint-config" | "endpoint";
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

const OptionsSchema = z.strictObject({
  ...endpointFields,
  timeoutMs: z.number().positive().default(1_800_000),
  pollIntervalMs: z.number().positive().optional(),
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: DeployProgressEvent) => void>().optional(),
});

/** One created resource and how to remove it. */
interface Created {
  readonly label: string;
  readonly remove: () => Promise<unknown>;
}

/**
 * Puts a trained model behind a real-time endpoint: it creates model, endpoint configuration and endpoint, and waits
 * until the endpoint is in service. AWS bills the endpoint from then on until it is deleted, used or not. When a step
 * fails, the wait is too long or the signal fires, what this call created is removed again. Needs
 * `sagemaker:CreateModel`, `CreateEndpointConfig`, `CreateEndpoint`, `DescribeEndpoint`, `AddTags`, the three deletes
 * and `iam:PassRole` for the role.
 *
 * @param options - See {@link DeployEndpointOptions}.
 * @returns The endpoint, with all that `deleteEndpoint` needs to remove it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; nothing was created.
 * @throws {@link EndpointError} `ENDPOINT_FAILED` when the endpoint did not come into service; `details.left` names
 *   what could not be removed again.
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
export async function deployEndpoint(options: DeployEndpointOptions): Promise<DeployedEndpoint> {
  const { timeoutMs, pollIntervalMs, clients, signal, onProgress, ...resolved } = parseOptions(
    "deployEndpoint",
    OptionsSchema,
    options,
  );
  const { endpointName: chosenName, capture, ...rest } = resolved;
  const requests = buildEndpointRequests({
    ...rest,
    ...(chosenName === undefined ? {} : { endpointName: chosenName }),
    ...(capture === undefined ? {} : { capture }),
  });
  const name = requests.endpoint.EndpointName ?? "";
  const sendOptions = signal === undefined ? {} : { abortSignal: signal };

  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const created: Created[] = [];
      const create = async <T>(
        resource: "model" | "endpoint-config" | "endpoint",
        send: () => Promise<T>,
        remove: () => Promise<unknown>,
      ): Promise<T> => {
        const entry = { label: `${resource} ${name}`, remove };
        const result = await abortable(signal, send).catch((error: unknown) => {
          // Unless AWS itself refused it, the resource may be there although no answer came.
          if (!isRefusal(error)) created.push(entry);
          throw error;
        });
        created.push(entry);
        onProgress?.({ type: "created", resource, name });
        return result;
      };
      try {
        await create(
          "model",
          () => client.send(new CreateModelCommand(requests.model), sendOptions),
          () => client.send(new DeleteModelCommand({ ModelName: name })),
        );
        await create(
          "endpoint-config",
          () => client.send(new CreateEndpointConfigCommand(requests.endpointConfig), sendOptions),
          () => client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })),
        );
        const endpoint = await create(
          "endpoint",
          () => client.send(new CreateEndpointCommand(requests.endpoint), sendOptions),
          () => client.send(new DeleteEndpointCommand({ EndpointName: name })),
        );
        await waitUntilInService({ client, name, timeoutMs, pollIntervalMs, signal, onProgress });
        return {
          endpointName: name,
          endpointArn: endpoint.EndpointArn ?? "",
          endpointConfigName: name,
          modelNames: [name],
          labels: resolved.model.labels,
          ...(capture === undefined ? {} : { captures: `${capture.destination.replace(/\/+$/, "")}/${name}/` }),
        };
      } catch (error) {
        const left = await removeAll(created);
        const removed = created.map(({ label }) => label).filter((label) => !left.includes(label));
        if (created.length > 0) onProgress?.({ type: "cleanup", removed, left });
        throw error instanceof EndpointFailure ? describeFailure(name, error, left) : error;
      }
    },
  );
}

/** Carries status and reason from the wait to the place that also knows what is left. */
class EndpointFailure extends Error {
  constructor(
    readonly status: string,
    readonly reason: string | undefined,
  ) {
    super(status);
  }
}

function describeFailure(endpointName: string, failure: EndpointFailure, left: readonly string[]): EndpointError {
  const { status, reason } = failure;
  const rest =
    left.length === 0 ? "Nothing of it is left on AWS." : `Still there and to be deleted: ${left.join(", ")}.`;
  return new EndpointError({
    code: "ENDPOINT_FAILED",
    message: `Endpoint ${endpointName} did not come into service (${status}): ${reason ?? "SageMaker gives no reason"}. ${rest}`,
    details: { endpointName, status, left, ...(reason === undefined ? {} : { failureReason: reason }) },
  });
}

interface WaitOptions {
  readonly client: SageMakerClient;
  readonly name: string;
  readonly timeoutMs: number;
  readonly pollIntervalMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((event: DeployProgressEvent) => void) | undefined;
}

async function waitUntilInService({ client, name, signal, onProgress, ...wait }: WaitOptions): Promise<void> {
  let lastStatus: string | undefined;
  await poll({
    timeoutMs: wait.timeoutMs,
    intervalMs: wait.pollIntervalMs,
    signal,
    check: async () => {
      const seen = await abortable(signal, (send) =>
        client.send(new DescribeEndpointCommand({ EndpointName: name }), send),
      );
      const status = seen.EndpointStatus ?? "Creating";
      if (status !== lastStatus) onProgress?.({ type: "status", status });
      lastStatus = status;
      if (status === "Failed" || status === "OutOfService") throw new EndpointFailure(status, seen.FailureReason);
      return status === "InService" ? true : undefined;
    },
    onTimeout: (elapsed) =>
      waitTimeout(`endpoint ${name}`, elapsed, lastStatus, "What was created is being removed; deploy again."),
  });
}

/** Whether AWS answered and said no, so that nothing can have been created. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "$fault" in error && error.$fault === "client";
}

/** Removes in reverse order and goes on after a failure; returns what is left. */
async function removeAll(created: readonly Created[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { label, remove } of created.toReversed()) {
    await ignoreMissing(remove).catch(() => left.push(label));
  }
  return left;
}
