import * as z from "zod";

/** A name without the characters that Step Functions refuses. Source: "State machine limits", developer guide. @internal */
export const machineNameSchema = z
  .string()
  .min(1)
  .max(80, "must have at most 80 characters")
  .regex(
    /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]+$/u,
    'must hold no blanks and none of < > { } [ ] ? * " # % \\ ^ | ~ ` $ & , ; : /',
  );

/** ARN of a state machine. @internal */
export const stateMachineArnSchema = z
  .string()
  .max(256)
  .regex(/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:\S+$/, "must be the ARN of a state machine");

/** Name of an alias. Source: the Step Functions service model (botocore, stepfunctions/2016-11-23). @internal */
export const aliasNameSchema = z
  .string()
  .min(1)
  .max(80, "must have at most 80 characters")
  .regex(
    /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/,
    "must consist of letters, digits, hyphens, underscores and dots, and not of digits alone",
  );
