import { AddTagsCommand, DescribeEndpointCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import type { DeployedEndpoint } from "../../core/contracts.js";
import { type DurationText, durationSchema } from "../../core/duration.js";
import { ResourceNameSchema } from "../../core/names.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { expiryOf, TAG } from "./lease.js";

/** Options of {@link leaseEndpoint}. */
export interface LeaseEndpointOptions {
  /** The endpoint, or its name. */
  readonly endpoint: DeployedEndpoint | string;
  /** How long it may stay from now on. */
  readonly for: DurationText;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Gives up; the old lease may stand, or the new one. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  endpoint: z.union([ResourceNameSchema.min(1), z.looseObject({ endpointName: ResourceNameSchema })]),
  for: durationSchema,
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
});

/** A lease. */
export interface EndpointLease {
  /** When it ends. */
  readonly expires: Date;
}

/**
 * Says how long an endpoint may stay, counted from now. The lease is a tag: nothing ends by itself, `listOrphans` names
 * the endpoint once it is over. An endpoint of other making is led in the list from then on. Needs
 * `sagemaker:DescribeEndpoint` and `AddTags`.
 *
 * @param options - See {@link LeaseEndpointOptions}.
 * @returns When the lease ends.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { leaseEndpoint } from "scones-ml/inference";
 *
 * const { expires } = await leaseEndpoint({ endpoint: "scones-vehicles", for: "2h" });
 * console.log(expires.toISOString());
 * ```
 */
export async function leaseEndpoint(options: LeaseEndpointOptions): Promise<EndpointLease> {
  const { endpoint, for: durationMs, clients, signal } = parseOptions("leaseEndpoint", OptionsSchema, options);
  const name = typeof endpoint === "string" ? endpoint : endpoint.endpointName;
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const { EndpointArn } = await abortable(signal, (send) =>
        client.send(new DescribeEndpointCommand({ EndpointName: name }), send),
      );
      const expires = expiryOf(durationMs);
      const Tags = [
        { Key: TAG.createdBy, Value: "scones-ml" },
        { Key: TAG.expires, Value: expires },
      ];
      await abortable(signal, (send) => client.send(new AddTagsCommand({ ResourceArn: EndpointArn, Tags }), send));
      return { expires: new Date(expires) };
    },
  );
}
