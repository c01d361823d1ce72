import { type StateMachineRecord, seconds } from "./state-machines.js";

/** What encrypts a machine or an activity where nobody asks for another key. @internal */
export const OWNED_KEY = { type: "AWS_OWNED_KEY" };

/**
 * Describes a machine.
 *
 * @param record - The machine.
 * @param includedData - `METADATA_ONLY` leaves the definition out.
 * @returns The answer of DescribeStateMachine.
 * @internal
 */
export function describeMachine(record: StateMachineRecord, includedData: string | undefined) {
  return {
    stateMachineArn: record.arn,
    status: "ACTIVE",
    type: record.type,
    creationDate: seconds(record.created),
    ...describeDefinition(record, includedData),
  };
}

/**
 * Describes a machine's definition, for the machine and for its executions.
 *
 * @param record - The machine.
 * @param includedData - `METADATA_ONLY` leaves the definition out.
 * @returns Members that both answers share.
 * @internal
 */
export function describeDefinition(record: Omit<StateMachineRecord, "machine">, includedData: string | undefined) {
  return {
    name: record.name,
    ...(includedData === "METADATA_ONLY" ? {} : { definition: record.definition }),
    roleArn: record.roleArn,
    loggingConfiguration: record.loggingConfiguration,
    tracingConfiguration: record.tracingConfiguration,
    encryptionConfiguration: OWNED_KEY,
    revisionId: record.revisionId,
  };
}
