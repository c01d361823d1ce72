/** A CloudFormation template: a plain object, ready for `JSON.stringify`. */
export interface CloudFormationTemplate {
  /** Version of the format. */
  readonly AWSTemplateFormatVersion: "2010-09-09";
  /** A remark. */
  readonly Description: string;
  /** What is asked for when a stack is made. */
  readonly Parameters: Readonly<Record<string, CloudFormationParameter>>;
  /** The resources by logical id. */
  readonly Resources: Readonly<Record<string, CloudFormationResource>>;
  /** What the stack tells. */
  readonly Outputs: Readonly<Record<string, CloudFormationOutput>>;
}

/** A parameter of a template. */
export interface CloudFormationParameter {
  /** Kind of the value. */
  readonly Type: "String" | "Number";
  /** A remark. */
  readonly Description: string;
  /** The value where none is given. */
  readonly Default?: string | number;
  /** What the value has to look like. */
  readonly AllowedPattern?: string;
  /** Least value. */
  readonly MinValue?: number;
  /** Largest value. */
  readonly MaxValue?: number;
}

/** A resource of a template. */
export interface CloudFormationResource {
  /** Kind of the resource, such as `AWS::Lambda::Function`. */
  readonly Type: string;
  /** Its properties, with intrinsic functions as objects. */
  readonly Properties: Readonly<Record<string, unknown>>;
  /** What becomes of it with the stack; deleted where absent. */
  readonly DeletionPolicy?: "Retain";
  /** What becomes of it when an update replaces it; deleted where absent. */
  readonly UpdateReplacePolicy?: "Retain";
}

/** An output of a template. */
export interface CloudFormationOutput {
  /** A remark. */
  readonly Description: string;
  /** The value. */
  readonly Value: unknown;
}

/** Resources by logical id. @internal */
export type Resources = Readonly<Record<string, CloudFormationResource>>;
