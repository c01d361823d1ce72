import type { KnownExecution } from "./execution-record.js";
import { seconds } from "./state-machines.js";

/**
 * Describes an execution.
 *
 * @param execution - The execution.
 * @param includedData - `METADATA_ONLY` leaves input and output out.
 * @returns Members that DescribeExecution and StartSyncExecution share.
 * @internal
 */
export function describeExecution(execution: KnownExecution, includedData: string | undefined) {
  const { arn, name, inputText } = execution.options;
  const { status, startDate, stopDate, output, error, cause } = execution;
  const hasData = includedData !== "METADATA_ONLY";
  return {
    executionArn: arn,
    name,
    status,
    startDate: seconds(startDate),
    ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
    inputDetails: { included: hasData },
    ...(hasData ? { input: inputText } : {}),
    ...(output === undefined ? {} : { outputDetails: { included: hasData }, ...(hasData ? { output } : {}) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
