import * as z from "zod";
import { InvalidOptionsError, parseOptions } from "../../core/options.js";
import { findExpressLimits } from "../checks/express.js";
import { findScopes, type JsonObject } from "../checks/visit.js";
import type { QueryLanguage, StateMachineDefinition } from "./asl-types.js";
import { buildScope, type Step, sharedName, stepSchema } from "./step.js";

/** What every builder of a whole state machine takes. */
export interface StateMachineOptions {
  /** The query language that it is written in; it behaves the same in both. @defaultValue `"JSONPath"` */
  readonly queryLanguage?: QueryLanguage;
  /**
   * Type of the state machine that is made of it. The definition does not tell it; with `"EXPRESS"` what an Express
   * machine cannot have is refused here: `.sync`, `.waitForTaskToken`, activities, distributed maps, more than 300
   * seconds. @defaultValue `"STANDARD"`
   */
  readonly type?: "STANDARD" | "EXPRESS";
  /** A remark in the definition. */
  readonly comment?: string;
  /** Seconds after which an execution has failed with `States.Timeout`. @defaultValue no limit but AWS's own of one year */
  readonly timeoutSeconds?: number;
  /** Partition of the service integrations' ARNs; `${AWS::Partition}` leaves it to CloudFormation. @defaultValue `"aws"` */
  readonly partition?: "aws" | "aws-cn" | "aws-us-gov" | "${AWS::Partition}";
}

/** Options of {@link buildStateMachine}. */
export interface BuildStateMachineOptions extends StateMachineOptions {
  /** The step to begin with, usually a chain. */
  readonly start: Step<never, unknown>;
}

/** Schema fields of {@link StateMachineOptions}. @internal */
export const stateMachineFields = {
  queryLanguage: z.enum(["JSONPath", "JSONata"]).default("JSONPath"),
  type: z.enum(["STANDARD", "EXPRESS"]).default("STANDARD"),
  comment: z.string().optional(),
  timeoutSeconds: z.int().min(1).max(99_999_999).optional(),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
  partition: z.enum(["aws", "aws-cn", "aws-us-gov", "${AWS::Partition}"]).default("aws"),
};

const OptionsSchema = z.strictObject({
  ...stateMachineFields,
  start: stepSchema,
});

/**
 * Writes a step as a whole state machine: a plain object in Amazon States Language. Calls nothing.
 *
 * @param options - See {@link BuildStateMachineOptions}.
 * @returns The definition, new on every call.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, two states share a name, or an Express
 *   machine cannot have what the steps do.
 *
 * @example
 * ```ts
 * import { buildStateMachine, lambdaTask } from "scones-ml/workflow";
 *
 * const classify = lambdaTask<{ readonly s3_key: string }, { readonly label: string }>({
 *   name: "Classify",
 *   functionName: "scones-classify",
 * });
 * console.log(buildStateMachine({ start: classify, queryLanguage: "JSONata" }).StartAt); // Classify
 * ```
 */
export function buildStateMachine(options: BuildStateMachineOptions): StateMachineDefinition {
  const { start, queryLanguage, comment, timeoutSeconds, partition, type } = parseOptions(
    "buildStateMachine",
    OptionsSchema,
    options,
  );
  const { StartAt, States } = buildScope(start, { queryLanguage, partition });
  const definition: StateMachineDefinition = {
    ...(comment === undefined ? {} : { Comment: comment }),
    QueryLanguage: queryLanguage,
    StartAt,
    ...(timeoutSeconds === undefined ? {} : { TimeoutSeconds: timeoutSeconds }),
    States,
  };
  refuseSharedNames(definition);
  if (type === "EXPRESS") refuseExpressLimits(definition);
  return definition;
}

/** Names are unique in the whole machine, not only among the states of a branch. */
function refuseSharedNames(definition: StateMachineDefinition): void {
  const names = findScopes(definition as unknown as JsonObject).flatMap(({ states }) => [...states.keys()]);
  const shared = names.find((name, index) => names.indexOf(name) !== index);
  if (shared !== undefined) throw sharedName(shared);
}

function refuseExpressLimits(definition: StateMachineDefinition): void {
  const issues = findExpressLimits(findScopes(definition as unknown as JsonObject));
  if (issues.length === 0) return;
  throw new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `buildStateMachine cannot work with these options: type: ${issues.map(({ message, remedy }) => `${message} ${remedy}`).join(" ")}`,
    details: { functionName: "buildStateMachine", issues: issues.map(({ path, message }) => ({ path, message })) },
  });
}
