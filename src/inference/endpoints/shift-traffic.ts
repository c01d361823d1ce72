import { SageMakerClient, UpdateEndpointWeightsAndCapacitiesCommand } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import type { DeployedEndpoint } from "../../core/contracts.js";
import { ResourceNameSchema } from "../../core/names.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { explainFailure } from "./endpoint-failure.js";
import { waitUntilInService } from "./wait-for-endpoint.js";

/** Options of {@link shiftTraffic}. */
export interface ShiftTrafficOptions {
  /** The endpoint, or its name. */
  readonly endpoint: DeployedEndpoint | string;
  /** New weight of each variant that changes, such as `{ A: 90, B: 10 }`. */
  readonly weights: Readonly<Record<string, number>>;
  /** Milliseconds to wait until the endpoint is in service again. @defaultValue `1800000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Ends the wait; the shift goes on on AWS. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  endpoint: z.union([ResourceNameSchema.min(1), z.looseObject({ endpointName: ResourceNameSchema })]),
  weights: z
    .record(ResourceNameSchema.min(1), z.number().min(0))
    .refine((weights) => Object.keys(weights).length > 0, "needs at least one variant"),
  timeoutMs: z.number().positive().default(1_800_000),
  pollIntervalMs: z.number().positive().optional(),
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
});

/**
 * Shifts traffic between the variants of an endpoint, without a new configuration and without downtime, and waits until
 * it has happened. Needs `sagemaker:UpdateEndpointWeightsAndCapacities` and `DescribeEndpoint`.
 *
 * @param options - See {@link ShiftTrafficOptions}.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link EndpointError} `ENDPOINT_UPDATE_FAILED` when the endpoint failed on the way.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when it took too long; the shift goes on on AWS.
 *
 * @example
 * ```ts
 * import { shiftTraffic } from "scones-ml/inference";
 *
 * await shiftTraffic({ endpoint: "scones-vehicles", weights: { A: 50, B: 50 } });
 * ```
 */
export async function shiftTraffic(options: ShiftTrafficOptions): Promise<void> {
  const { endpoint, weights, timeoutMs, pollIntervalMs, clients, signal } = parseOptions(
    "shiftTraffic",
    OptionsSchema,
    options,
  );
  const name = typeof endpoint === "string" ? endpoint : endpoint.endpointName;
  const changes = Object.entries(weights).map(([VariantName, DesiredWeight]) => ({ VariantName, DesiredWeight }));
  await useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const input = { EndpointName: name, DesiredWeightsAndCapacities: changes };
      await abortable(signal, (send) => client.send(new UpdateEndpointWeightsAndCapacitiesCommand(input), send));
      await waitUntilInService({
        client,
        name,
        timeoutMs,
        pollIntervalMs,
        signal,
        onStatus: () => {},
        remedy: "The shift goes on on AWS; look at the endpoint again later.",
      }).catch((error: unknown) => {
        throw explainFailure("ENDPOINT_UPDATE_FAILED", name, error, []);
      });
    },
  );
}
