import { type DescribeEndpointCommandOutput, SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import type { SageMakerClients } from "../../core/clients.js";
import { type DurationText, durationSchema } from "../../core/duration.js";
import { pricesSchema } from "../../core/instance-prices.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import type { EndpointResource } from "./created-resources.js";
import { estimateEndpointCost } from "./endpoint-cost.js";
import { TAG } from "./lease.js";
import { type Described, type Survey, surveyAccount } from "./survey-account.js";

/** Something that nobody seems to need any more. */
export interface Orphan {
  /** Kind of the resource. */
  readonly resource: EndpointResource;
  /** Its name. */
  readonly name: string;
  /** Its ARN. */
  readonly arn: string;
  /** Why it is in the list; `unused` is a configuration or model behind no endpoint that stays. */
  readonly reason: "lease-expired" | "failed" | "idle" | "unused";
  /** Whose it is, where a tag says so. */
  readonly owner?: string;
  /** When its lease ended or ends, ISO 8601, where a tag says so. */
  readonly expires?: string;
  /** When it was created, ISO 8601. */
  readonly created: string;
  /** US dollars since it was created, estimated at the present number of machines; absent where a price is not known. */
  readonly costUsd?: number;
}

/** Options of {@link listOrphans}. */
export interface ListOrphansOptions {
  /** Only what has this owner. @defaultValue every owner */
  readonly owner?: string;
  /** Leaves out what is younger: it may belong to a deployment under way. @defaultValue `"30m"` */
  readonly minAge?: DurationText | 0;
  /** Also names endpoints that nobody has asked for this long; needs `lastInvoked`. */
  readonly idleFor?: DurationText;
  /** Tells when an endpoint was asked last, from CloudWatch or captures; `undefined` when never. */
  readonly lastInvoked?: (endpointName: string) => Promise<Date | undefined>;
  /** US dollars an hour by instance type; go before the built-in ones. */
  readonly prices?: Readonly<Record<string, number>>;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** @internal */
export const orphanFields = {
  owner: z.string().min(1).optional(),
  minAge: z.union([z.literal(0), durationSchema]).prefault("30m"),
  idleFor: durationSchema.optional(),
  lastInvoked: callbackSchema<(endpointName: string) => Promise<Date | undefined>>().optional(),
  prices: pricesSchema.default({}),
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
} as const;

const OptionsSchema = z
  .strictObject(orphanFields)
  .refine(({ idleFor, lastInvoked }) => idleFor === undefined || lastInvoked !== undefined, {
    path: ["lastInvoked"],
    message: "needed with idleFor",
  });

const FAILED = new Set(["Failed", "OutOfService", "UpdateRollbackFailed"]);

/**
 * Names what this library has made and nobody seems to need: endpoints past their lease, failed or idle, and
 * configurations and models behind no endpoint that stays. It looks at tags, so that what others made is never in the
 * list, and it changes nothing. Needs the three list and `Describe` permissions, `sagemaker:ListTransformJobs`,
 * `DescribeTransformJob` and `ListTags`.
 *
 * @param options - See {@link ListOrphansOptions}.
 * @returns The orphans in the order in which they can be removed: endpoints, configurations, models.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { listOrphans } from "scones-ml/inference";
 *
 * for (const { resource, name, reason, costUsd } of await listOrphans()) console.log(resource, name, reason, costUsd);
 * ```
 */
export async function listOrphans(options: ListOrphansOptions = {}): Promise<readonly Orphan[]> {
  const resolved = parseOptions("listOrphans", OptionsSchema, options);
  return useClient(
    resolved.clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => findOrphans(await surveyAccount(client, resolved.signal), resolved),
  );
}

async function findOrphans(survey: Survey, options: z.output<typeof OptionsSchema>): Promise<readonly Orphan[]> {
  const now = Date.now();
  const isWanted = ({ tags, created }: Described<unknown>) =>
    tags.get(TAG.createdBy) === "scones-ml" &&
    (options.owner === undefined || tags.get(TAG.owner) === options.owner) &&
    now - created.getTime() >= options.minAge;
  const orphans: Orphan[] = [];
  const usedConfigs = new Set<string>();
  for (const endpoint of survey.endpoints) {
    const { description } = endpoint;
    const reason = isWanted(endpoint) ? await judge(endpoint, now, options) : undefined;
    if (reason !== undefined) {
      const cost = costSoFar(endpoint, survey, now, options.prices);
      orphans.push({ ...describe("endpoint", endpoint, reason), ...(cost === undefined ? {} : { costUsd: cost }) });
      continue;
    }
    usedConfigs.add(description.EndpointConfigName ?? "");
    usedConfigs.add(description.PendingDeploymentSummary?.EndpointConfigName ?? "");
  }
  const unused = survey.configs.filter((config) => !usedConfigs.has(config.name) && isWanted(config));
  orphans.push(...unused.map((config) => describe("endpoint-config", config, "unused")));
  const usedModels = new Set(survey.transforming);
  for (const config of survey.configs) {
    if (unused.includes(config)) continue;
    for (const { ModelName } of variantsOf(config)) usedModels.add(ModelName ?? "");
  }
  const models = survey.models.filter((model) => !usedModels.has(model.name) && isWanted(model));
  orphans.push(...models.map((model) => describe("model", model, "unused")));
  return orphans;
}

async function judge(
  { name, created, tags, description }: Described<DescribeEndpointCommandOutput>,
  now: number,
  { idleFor, lastInvoked }: z.output<typeof OptionsSchema>,
): Promise<Orphan["reason"] | undefined> {
  if (FAILED.has(description.EndpointStatus ?? "")) return "failed";
  if (Date.parse(tags.get(TAG.expires) ?? "") <= now) return "lease-expired";
  if (idleFor === undefined || lastInvoked === undefined) return undefined;
  const last = (await lastInvoked(name)) ?? created;
  return now - last.getTime() >= idleFor ? "idle" : undefined;
}

function describe(resource: EndpointResource, one: Described<unknown>, reason: Orphan["reason"]): Orphan {
  const owner = one.tags.get(TAG.owner);
  const expires = one.tags.get(TAG.expires);
  return {
    resource,
    name: one.name,
    arn: one.arn,
    reason,
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined ? {} : { expires }),
    created: one.created.toISOString(),
  };
}

function variantsOf({ description }: Survey["configs"][number]) {
  return [...(description.ProductionVariants ?? []), ...(description.ShadowProductionVariants ?? [])];
}

function costSoFar(
  { created, description }: Survey["endpoints"][number],
  { configs }: Survey,
  now: number,
  prices: Readonly<Record<string, number>>,
): number | undefined {
  if (description.EndpointStatus === "Failed") return 0;
  const config = configs.find(({ name }) => name === description.EndpointConfigName);
  if (config === undefined) return undefined;
  const running = [...(description.ProductionVariants ?? []), ...(description.ShadowProductionVariants ?? [])];
  let usd = 0;
  for (const { VariantName, InstanceType, InitialInstanceCount = 1 } of variantsOf(config)) {
    const count = running.find((one) => one.VariantName === VariantName)?.CurrentInstanceCount ?? InitialInstanceCount;
    if (InstanceType === undefined) return undefined;
    if (count < 1) continue;
    const hours = Math.max(0, now - created.getTime()) / 3_600_000;
    const cost = estimateEndpointCost({ instanceType: InstanceType, instanceCount: count, hours, prices });
    if (cost === undefined) return undefined;
    usd += cost.usd;
  }
  return usd;
}
