import { createHash } from "node:crypto";
import type { SageMakerEnvironment } from "./environment.js";

/** The log of one variant's container. @internal */
export interface VariantLog {
  /** ARN of the log group. */
  readonly arn: string;
  /** Writes one line. */
  write(message: string): void;
}

/**
 * Finds the log of a variant, as SageMaker names it.
 *
 * @param environment - Region, account, clock and log.
 * @param endpointName - Name of the endpoint.
 * @param variantName - Name of the variant.
 * @returns The log.
 * @internal
 */
export function variantLog(environment: SageMakerEnvironment, endpointName: string, variantName: string): VariantLog {
  const { region, accountId, now, log } = environment;
  const logGroup = `/aws/sagemaker/Endpoints/${endpointName}`;
  const logStream = `${variantName}/${instanceId(`${endpointName}/${variantName}`)}`;
  return {
    arn: `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}`,
    write: (message) => log({ logGroup, logStream, timestamp: now(), message }),
  };
}

/**
 * Makes up the id of the instance that something runs on.
 *
 * @param name - What runs there.
 * @returns The same id for the same name.
 * @internal
 */
export function instanceId(name: string): string {
  return `i-${createHash("sha256").update(name).digest("hex").slice(0, 17)}`;
}
