import type { PolicyDocument } from "../policy/policy-document.js";

/** Value of a parameter, or name of a resource. @internal */
export function ref(id: string) {
  return { Ref: id };
}

/** An attribute of a resource. @internal */
export function getAtt(id: string, attribute: string) {
  return { "Fn::GetAtt": [id, attribute] };
}

/** What stands for a value in the text of Fn::Sub, and in a definition that is filled in. @internal */
export function variable(name: string): string {
  return `\${${name}}`;
}

/** What a stack knows of itself, in the notation of Fn::Sub. @internal */
export const PLACE = {
  partition: variable("AWS::Partition"),
  region: variable("AWS::Region"),
  accountId: variable("AWS::AccountId"),
} as const;

/** Name of the stack, in the notation of Fn::Sub. @internal */
export const STACK_NAME = variable("AWS::StackName");

/**
 * Writes text with `${...}` in it as Fn::Sub, and other text as it is. What IAM writes in the same way, such as `${*}` for
 * a star, is kept from CloudFormation.
 *
 * @internal
 */
export function sub(text: string): string | { readonly "Fn::Sub": string } {
  if (!text.includes("${")) return text;
  return { "Fn::Sub": text.replace(/\$\{(?=[*?$]\})/g, "${!") };
}

/**
 * Writes a policy for a template.
 *
 * @param policy - The policy; its resources may hold `${...}`.
 * @param names - By name of a substitution of the definition: what stands for it in Fn::Sub.
 * @returns The policy with Fn::Sub.
 * @internal
 */
export function policyFor(policy: PolicyDocument, names: Readonly<Record<string, string>> = {}): unknown {
  const resolve = (resource: string) =>
    sub(
      resource.replace(/\$\{([A-Za-z0-9]+)\}/g, (whole, name: string) =>
        Object.hasOwn(names, name) ? (names[name] ?? whole) : whole,
      ),
    );
  return {
    ...policy,
    Statement: policy.Statement.map((statement) => ({ ...statement, Resource: statement.Resource.map(resolve) })),
  };
}

/** A role that one service takes, with one policy. @internal */
export function role(service: string, policy: unknown, condition?: unknown) {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [condition === undefined ? statement : { ...statement, Condition: condition }],
      },
      Policies: [{ PolicyName: "least", PolicyDocument: policy }],
    },
  };
}
