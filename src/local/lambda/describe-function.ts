import type { FunctionDescription } from "../functions.js";

/**
 * Shows a function as GetFunctionConfiguration does.
 *
 * @param found - The function.
 * @returns The members of FunctionConfiguration that have a meaning here.
 * @internal
 */
export function describeConfiguration(found: FunctionDescription): object {
  const { environment = {} } = found;
  const isEmpty = Object.keys(environment).length === 0;
  return {
    FunctionName: found.name,
    FunctionArn: found.arn,
    Runtime: `nodejs${process.versions.node.split(".")[0]}.x`,
    ...(found.handler === undefined ? {} : { Handler: found.handler }),
    Timeout: Math.ceil(found.timeoutSeconds),
    MemorySize: found.memoryMb,
    LastModified: found.registeredAt.toISOString().replace("Z", "+0000"),
    Version: "$LATEST",
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: [process.arch === "arm64" ? "arm64" : "x86_64"],
    ...(isEmpty ? {} : { Environment: { Variables: environment } }),
  };
}

/**
 * Shows a function as GetFunction does.
 *
 * @param found - The function.
 * @returns Its configuration and its reserved concurrency; there is no code to download.
 * @internal
 */
export function describeFunction(found: FunctionDescription): object {
  const { reservedConcurrency } = found;
  return {
    Configuration: describeConfiguration(found),
    ...(reservedConcurrency === undefined
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
  };
}
