import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListTagsCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import type { DeployedEndpoint } from "../../core/contracts.js";
import { ResourceNameSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { poll } from "../../core/poll.js";
import { useClient } from "../../core/use-client.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { TAG } from "./lease.js";
import { ignoreMissing } from "./missing-resource.js";

/** What `deleteEndpoint` tells while it works. */
export interface DeleteEndpointProgressEvent {
  /** A resource is gone: removed now, or not there any more. */
  readonly type: "deleted";
  /** Kind of the resource. */
  readonly resource: "endpoint" | "endpoint-config" | "model";
  /** Name of the resource. */
  readonly name: string;
}

/** Options of {@link deleteEndpoint}. */
export interface DeleteEndpointOptions {
  /** The endpoint, as `deployEndpoint` returned it, or its name. */
  readonly endpoint: DeployedEndpoint | string;
  /** Milliseconds to wait until the endpoint is gone. @defaultValue `1800000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Ends the work; what was not removed yet stays on AWS. */
  readonly signal?: AbortSignal;
  /** Is told each resource that is gone. */
  readonly onProgress?: (event: DeleteEndpointProgressEvent) => void;
}

const OptionsSchema = z.strictObject({
  endpoint: z.union([
    ResourceNameSchema.min(1),
    z.looseObject({
      endpointName: ResourceNameSchema,
      endpointConfigName: ResourceNameSchema,
      reusesEndpointConfig: z.boolean().optional(),
      modelNames: z.array(ResourceNameSchema),
      reusedModelNames: z.array(ResourceNameSchema).optional(),
    }),
  ]),
  timeoutMs: z.number().positive().default(1_800_000),
  pollIntervalMs: z.number().positive().optional(),
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: DeleteEndpointProgressEvent) => void>().optional(),
});

interface EndpointParts {
  readonly endpointName: string;
  readonly endpointConfigName?: string;
  readonly reusesEndpointConfig?: boolean | undefined;
  readonly modelNames: readonly string[];
  readonly reusedModelNames?: readonly string[] | undefined;
}

/**
 * Deletes an endpoint with its configuration and its models, in the order in which AWS allows it, and waits until the
 * endpoint is gone, which ends the bill. What is not there any more counts as deleted, so calling it twice is safe.
 * Given a name, it asks AWS which configuration and models belong to it, and leaves what its tags do not show this
 * library to have made; when that endpoint is gone already, they are taken to share its name, as `deployEndpoint` names
 * them. Needs `sagemaker:DescribeEndpoint`, `DescribeEndpointConfig`, `DeleteEndpoint`, `DeleteEndpointConfig` and
 * `DeleteModel`; for a name also `DescribeModel` and `ListTags`.
 *
 * @param options - See {@link DeleteEndpointOptions}.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when the endpoint did not go in time.
 *
 * @example
 * ```ts
 * import { deleteEndpoint } from "scones-ml/inference";
 *
 * await deleteEndpoint({ endpoint: "scones-2026-11-24-09-30-00-123-9f2c" });
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-delete-resources.html
 */
export async function deleteEndpoint(options: DeleteEndpointOptions): Promise<void> {
  const { endpoint, timeoutMs, pollIntervalMs, clients, signal, onProgress } = parseOptions(
    "deleteEndpoint",
    OptionsSchema,
    options,
  );
  await useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const parts = typeof endpoint === "string" ? await findParts(client, endpoint, signal) : endpoint;
      const { endpointName, endpointConfigName } = parts;
      await ignoreMissing(() =>
        abortable(signal, (send) => client.send(new DeleteEndpointCommand({ EndpointName: endpointName }), send)),
      );
      let lastStatus: string | undefined;
      await poll({
        timeoutMs,
        intervalMs: pollIntervalMs,
        signal,
        check: async () => {
          const seen = await describeEndpoint(client, endpointName, signal);
          lastStatus = seen?.EndpointStatus;
          return seen === undefined ? true : undefined;
        },
        onTimeout: (elapsed) =>
          waitTimeout(`endpoint ${endpointName} to go`, elapsed, lastStatus, "Call deleteEndpoint again."),
      });
      onProgress?.({ type: "deleted", resource: "endpoint", name: endpointName });
      if (endpointConfigName !== undefined && !parts.reusesEndpointConfig) {
        await ignoreMissing(() =>
          abortable(signal, (send) =>
            client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: endpointConfigName }), send),
          ),
        );
        onProgress?.({ type: "deleted", resource: "endpoint-config", name: endpointConfigName });
      }
      for (const name of parts.modelNames.filter((model) => !parts.reusedModelNames?.includes(model))) {
        await ignoreMissing(() =>
          abortable(signal, (send) => client.send(new DeleteModelCommand({ ModelName: name }), send)),
        );
        onProgress?.({ type: "deleted", resource: "model", name });
      }
    },
  );
}

async function findParts(
  client: SageMakerClient,
  endpointName: string,
  signal: AbortSignal | undefined,
): Promise<EndpointParts> {
  const endpoint = await describeEndpoint(client, endpointName, signal);
  if ((await readTags(client, endpoint?.EndpointArn, signal)).has(TAG.reusesConfig)) {
    return { endpointName, modelNames: [] };
  }
  const endpointConfigName = endpoint?.EndpointConfigName ?? endpointName;
  const config = await ignoreMissing(() =>
    abortable(signal, (send) =>
      client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: endpointConfigName }), send),
    ),
  );
  if (config === undefined) return { endpointName, endpointConfigName, modelNames: [endpointName] };
  const variants = [...(config.ProductionVariants ?? []), ...(config.ShadowProductionVariants ?? [])];
  const modelNames: string[] = [];
  for (const name of new Set(variants.flatMap((variant) => variant.ModelName ?? []))) {
    const model = await ignoreMissing(() =>
      abortable(signal, (send) => client.send(new DescribeModelCommand({ ModelName: name }), send)),
    );
    if (isOurs(await readTags(client, model?.ModelArn, signal))) modelNames.push(name);
  }
  const isOurConfig = isOurs(await readTags(client, config.EndpointConfigArn, signal));
  return { endpointName, modelNames, ...(isOurConfig ? { endpointConfigName } : {}) };
}

/** Whether tags say that this library has made a resource; what others made may serve elsewhere. */
function isOurs(tags: ReadonlyMap<string, string>): boolean {
  return tags.get(TAG.createdBy) === "scones-ml";
}

async function readTags(
  client: SageMakerClient,
  ResourceArn: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (ResourceArn === undefined) return new Map();
  const listed = await ignoreMissing(() =>
    abortable(signal, (send) => client.send(new ListTagsCommand({ ResourceArn }), send)),
  );
  return new Map(listed?.Tags?.map(({ Key = "", Value = "" }) => [Key, Value]));
}

function describeEndpoint(client: SageMakerClient, endpointName: string, signal: AbortSignal | undefined) {
  return ignoreMissing(() =>
    abortable(signal, (send) => client.send(new DescribeEndpointCommand({ EndpointName: endpointName }), send)),
  );
}
