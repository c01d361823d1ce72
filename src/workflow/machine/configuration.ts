import { isDeepStrictEqual } from "node:util";
import type {
  DescribeStateMachineCommandOutput,
  LoggingConfiguration,
  UpdateStateMachineCommandInput,
} from "@aws-sdk/client-sfn";
import type { ResolvedDeployOptions } from "./deploy-options.js";

/** What of a state machine can be changed. @internal */
export interface MachineConfiguration {
  readonly definition: string;
  readonly roleArn: string;
  readonly loggingConfiguration?: LoggingConfiguration;
  readonly tracingConfiguration?: { readonly enabled: boolean };
}

/**
 * Writes options as Step Functions takes them.
 *
 * @param options - The options.
 * @returns What is asked for; what is not asked for is absent.
 * @internal
 */
export function toConfiguration(options: ResolvedDeployOptions): MachineConfiguration {
  const { definition, roleArn, logging, tracing } = options;
  return {
    definition: typeof definition === "string" ? definition : JSON.stringify(definition),
    roleArn,
    ...(logging === undefined ? {} : { loggingConfiguration: toLogging(logging) }),
    ...(tracing === undefined ? {} : { tracingConfiguration: { enabled: tracing } }),
  };
}

/**
 * Finds what of a state machine is not as asked for.
 *
 * @param current - The machine as it is.
 * @param wanted - How it should be.
 * @returns The fields to change; empty when it is as it should be.
 * @internal
 */
export function findChanges(
  current: DescribeStateMachineCommandOutput,
  wanted: MachineConfiguration,
): Omit<UpdateStateMachineCommandInput, "stateMachineArn"> {
  const { definition, roleArn, loggingConfiguration, tracingConfiguration } = wanted;
  const logs =
    loggingConfiguration && !isDeepStrictEqual(flat(current.loggingConfiguration), flat(loggingConfiguration));
  const traces = (current.tracingConfiguration?.enabled ?? false) !== tracingConfiguration?.enabled;
  return {
    ...(isSameJson(current.definition ?? "", definition) ? {} : { definition }),
    ...(current.roleArn === roleArn ? {} : { roleArn }),
    ...(logs ? { loggingConfiguration } : {}),
    ...(tracingConfiguration !== undefined && traces ? { tracingConfiguration } : {}),
  };
}

function toLogging(logging: NonNullable<ResolvedDeployOptions["logging"]>): LoggingConfiguration {
  if (logging === "off") return { level: "OFF", includeExecutionData: false };
  const { level, logGroupArn, includeExecutionData } = logging;
  // Step Functions wants the ARN with a wildcard for the streams of the group.
  const group = logGroupArn.endsWith(":*") ? logGroupArn : `${logGroupArn}:*`;
  return { level, includeExecutionData, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: group } }] };
}

/** Machines without logs are described with or without the fields that say so. */
function flat(logging: LoggingConfiguration | undefined): readonly unknown[] {
  const { level = "OFF", includeExecutionData = false, destinations = [] } = logging ?? {};
  if (level === "OFF") return [level];
  return [level, includeExecutionData, ...destinations.map((one) => one.cloudWatchLogsLogGroup?.logGroupArn)];
}

function isSameJson(one: string, other: string): boolean {
  try {
    return one === other || isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    // What is on AWS is not JSON as we read it, so it is not the same.
    return false;
  }
}
