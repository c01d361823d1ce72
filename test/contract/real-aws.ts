/*
 * The contracts of SageMaker and Step Functions also run against real AWS when both variables are set:
 *
 *   SCONES_CONTRACT_REGION    the region, such as us-east-1
 *   SCONES_CONTRACT_ROLE_ARN  a role that sagemaker.amazonaws.com and states.amazonaws.com may assume
 *
 * Credentials come from the SDK's default chain. Everything that is created has a name that begins with
 * "scones-contract-" and the tag scones-contract=true, and is deleted by the suite that made it: state machines with
 * their versions and aliases, models and endpoint configurations. No endpoint and no job is started. State machines
 * cost their state transitions, fewer than 100 a run, which is less than a cent; models and endpoint configurations
 * cost nothing. After a run that was killed, find the rest by the tag.
 */

/** Where the contracts find real AWS. */
export interface RealAws {
  readonly region: string;
  readonly roleArn: string;
}

const { SCONES_CONTRACT_REGION: region, SCONES_CONTRACT_ROLE_ARN: roleArn } = process.env;

/** Real AWS, if the variables are set. */
export const realAws: RealAws | undefined = region && roleArn ? { region, roleArn } : undefined;

/** Name of a suite that runs against real AWS, which says why it is skipped. */
export const REAL_NAME = `on AWS${realAws === undefined ? " (skipped: SCONES_CONTRACT_REGION and SCONES_CONTRACT_ROLE_ARN are not set)" : ""}`;

/** The tag of everything that a contract creates. */
export const CONTRACT_TAG = "scones-contract";

let count = 0;

/** A name that nothing else has. */
export function contractName(): string {
  return `scones-contract-${process.pid}-${Date.now()}-${count++}`;
}
