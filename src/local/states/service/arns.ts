import { namedError } from "./states-error.js";

/** Whitespace, brackets, wildcards, special and control characters. Source: API reference, "StateMachine name". */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udfff]/;

/** Region and account in which ARNs are made. @internal */
export interface ArnPlace {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Refuses the name of a machine or an execution that Step Functions does not take; its length is checked before.
 *
 * @param name - The name.
 * @returns The name.
 * @internal
 */
export function checkName(name: string): string {
  if (FORBIDDEN.test(name)) throw namedError("InvalidName", name);
  return name;
}

/**
 * Makes the ARN of a machine.
 *
 * @param place - Region and account.
 * @param name - Name of the machine.
 * @returns The ARN.
 * @internal
 */
export function stateMachineArn({ region, accountId }: ArnPlace, name: string): string {
  return `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
}

/**
 * Makes the ARN of an activity.
 *
 * @param place - Region and account.
 * @param name - Name of the activity.
 * @returns The ARN.
 * @internal
 */
export function activityArn({ region, accountId }: ArnPlace, name: string): string {
  return `arn:aws:states:${region}:${accountId}:activity:${name}`;
}

/**
 * Makes the ARN of an execution.
 *
 * @param place - Region and account.
 * @param machineName - Name of the machine.
 * @param name - Name of the execution.
 * @param run - Id of the run, for Express machines only.
 * @returns The ARN.
 * @internal
 */
export function executionArn({ region, accountId }: ArnPlace, machineName: string, name: string, run?: string): string {
  const kind = run === undefined ? "execution" : "express";
  const tail = run === undefined ? "" : `:${run}`;
  return `arn:aws:states:${region}:${accountId}:${kind}:${machineName}:${name}${tail}`;
}

/**
 * Refuses an ARN that is not one, or names another kind of thing.
 *
 * @param arn - The ARN.
 * @param kind - The kind that is wanted.
 * @internal
 */
export function checkArn(arn: string, kind: "stateMachine" | "execution" | "activity" | "mapRun"): void {
  const parts = arn.split(":");
  if (parts[0] !== "arn" || parts[2] !== "states" || parts.length < 7) {
    throw namedError("InvalidArn", `Invalid ARN prefix: ${arn.slice(0, 80)}`);
  }
  if (parts[5] !== kind) {
    throw namedError("InvalidArn", `Resource type not valid in this context: ${parts[5]}`);
  }
}

/**
 * Refuses an ARN that cannot be that of a role.
 *
 * @param arn - The ARN.
 * @internal
 */
export function checkRoleArn(arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn)) {
    throw namedError("InvalidArn", `Invalid Role Arn: ${arn.slice(0, 80)}`);
  }
}
