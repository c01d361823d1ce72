import type { LocalFunctionContext } from "./function-options.js";
import type { FunctionCall, FunctionIdentity } from "./function-runner.js";

/** CloudWatch names of a function's log. @internal */
export interface LogPlace {
  readonly logGroup: string;
  readonly logStream: string;
}

/**
 * Names the log of a function.
 *
 * @param name - Name of the function.
 * @returns Group and stream.
 * @internal
 */
export function logPlaceOf(name: string): LogPlace {
  return { logGroup: `/aws/lambda/${name}`, logStream: `local/[$LATEST]${name}` };
}

/**
 * Makes the second argument of a handler.
 *
 * @param identity - The function.
 * @param call - The invocation.
 * @param remainingMs - Tells how much time is left; below 0 counts as 0.
 * @returns The context.
 * @internal
 */
export function createContext(
  identity: FunctionIdentity,
  { requestId, clientContext }: FunctionCall,
  remainingMs: () => number,
): LocalFunctionContext {
  const { logGroup, logStream } = logPlaceOf(identity.name);
  return {
    functionName: identity.name,
    functionVersion: "$LATEST",
    invokedFunctionArn: identity.arn,
    memoryLimitInMB: String(identity.memoryMb),
    awsRequestId: requestId,
    logGroupName: logGroup,
    logStreamName: logStream,
    ...(clientContext === undefined ? {} : { clientContext }),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, remainingMs()),
  };
}
