import type { CreateEndpointConfigRequest } from "./models.js";
import type { Fleet } from "./variant-fleet.js";

/** What UpdateEndpoint takes over from the variants that run. @internal */
export interface RetainOptions {
  readonly RetainAllVariantProperties?: boolean;
  readonly ExcludeRetainedVariantProperties?: readonly { readonly VariantPropertyType: string }[];
}

/**
 * Takes weights, instance counts and capture over from the variants that run, as UpdateEndpoint does when it is asked to.
 *
 * @param config - The new configuration.
 * @param fleet - What runs.
 * @param options - See {@link RetainOptions}.
 * @returns The configuration to put in service.
 * @internal
 */
export function retainProperties(
  config: CreateEndpointConfigRequest,
  fleet: Fleet,
  { RetainAllVariantProperties = false, ExcludeRetainedVariantProperties = [] }: RetainOptions,
): CreateEndpointConfigRequest {
  if (!RetainAllVariantProperties) return config;
  const retains = (property: string) =>
    !ExcludeRetainedVariantProperties.some(({ VariantPropertyType }) => VariantPropertyType === property);
  const { DataCaptureConfig = undefined, ...rest } = config;
  const capture = retains("DataCaptureConfig") ? fleet.capture : DataCaptureConfig;
  return {
    ...rest,
    ...(capture === undefined ? {} : { DataCaptureConfig: capture }),
    ProductionVariants: config.ProductionVariants.map((variant) => {
      const running = fleet.production.find(({ config: { VariantName } }) => VariantName === variant.VariantName);
      if (running === undefined) return variant;
      return {
        ...variant,
        ...(retains("DesiredWeight") ? { InitialVariantWeight: running.weight } : {}),
        ...(retains("DesiredInstanceCount") ? { InitialInstanceCount: running.instances } : {}),
      };
    }),
  };
}
