import type { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import { ResourceNameSchema } from "../../core/names.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";

/** Options of {@link scaleEndpoint}. */
export interface ScaleEndpointOptions {
  /** Name of the endpoint. */
  readonly endpointName: string;
  /** Name of the variant. @defaultValue `"AllTraffic"` */
  readonly variant?: string;
  /** Fewest machines. @defaultValue `1` */
  readonly minInstances?: number;
  /** Most machines. */
  readonly maxInstances: number;
  /** Requests a minute and machine that it aims at. */
  readonly invocationsPerInstance: number;
  /** Seconds to wait after machines were added or taken away. @defaultValue `300` */
  readonly cooldownSeconds?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: {
    /** Client for Application Auto Scaling. */
    readonly autoScaling?: ApplicationAutoScalingClient;
  };
  /** Gives up; the target may be registered without its policy, which changes nothing. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z
  .strictObject({
    endpointName: ResourceNameSchema.min(1),
    variant: ResourceNameSchema.min(1).default("AllTraffic"),
    minInstances: z.int().min(1).default(1),
    maxInstances: z.int().min(1),
    invocationsPerInstance: z.number().positive(),
    cooldownSeconds: z.int().min(0).default(300),
    clients: z
      .object({
        autoScaling: clientSchema<ApplicationAutoScalingClient>("ApplicationAutoScalingClient").optional(),
      })
      .prefault({}),
    signal: signalSchema.optional(),
  })
  .refine(({ minInstances, maxInstances }) => minInstances <= maxInstances, {
    path: ["maxInstances"],
    message: "must not be below minInstances",
  });

/**
 * Lets AWS add and take away machines of a variant so that each gets about so many requests a minute (target tracking).
 * It uses the optional package `@aws-sdk/client-application-auto-scaling`; the local AWS has no such service. Needs
 * `application-autoscaling:RegisterScalableTarget`, `PutScalingPolicy` and, once, `iam:CreateServiceLinkedRole`.
 *
 * @param options - See {@link ScaleEndpointOptions}.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { scaleEndpoint } from "scones-ml/inference";
 *
 * await scaleEndpoint({ endpointName: "scones-vehicles", maxInstances: 4, invocationsPerInstance: 600 });
 * ```
 */
export async function scaleEndpoint(options: ScaleEndpointOptions): Promise<void> {
  const { clients, signal, ...wanted } = parseOptions("scaleEndpoint", OptionsSchema, options);
  const sdk = await import("@aws-sdk/client-application-auto-scaling");
  const target = {
    ServiceNamespace: "sagemaker" as const,
    ResourceId: `endpoint/${wanted.endpointName}/variant/${wanted.variant}`,
    ScalableDimension: "sagemaker:variant:DesiredInstanceCount" as const,
  };
  await useClient(
    clients.autoScaling,
    () => new sdk.ApplicationAutoScalingClient({}),
    async (client) => {
      const limits = { MinCapacity: wanted.minInstances, MaxCapacity: wanted.maxInstances };
      await abortable(signal, (send) =>
        client.send(new sdk.RegisterScalableTargetCommand({ ...target, ...limits }), send),
      );
      const policy = new sdk.PutScalingPolicyCommand({
        ...target,
        PolicyName: "scones-ml-invocations",
        PolicyType: "TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: wanted.invocationsPerInstance,
          PredefinedMetricSpecification: { PredefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
          ScaleInCooldown: wanted.cooldownSeconds,
          ScaleOutCooldown: wanted.cooldownSeconds,
        },
      });
      await abortable(signal, (send) => client.send(policy, send));
    },
  );
}
