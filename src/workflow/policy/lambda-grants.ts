import { splitArn } from "../definition/split-arn.js";
import { escapeWildcards } from "./policy-document.js";
import { isArn, type PolicyScope } from "./policy-scope.js";

/**
 * ARNs that stand for a function as a definition names it.
 *
 * @param scope - The state.
 * @param name - Name, partial ARN or ARN, with or without a version or alias.
 * @returns With a version or alias that one; else the function and all of its versions.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
 * @internal
 */
export function functionArns(scope: PolicyScope, name: string): readonly string[] {
  if (isArn(name) && !name.startsWith("arn:")) return [name, `${name}:*`];
  const partial = /^(\d{12}):(?:function:)?(.+)$/.exec(name);
  const resource = isArn(name) ? splitArn(name).slice(6).join(":") : (partial?.[2] ?? name).replace(/^function:/, "");
  const [plain = "", qualifier] = splitArn(resource);
  const base = isArn(name)
    ? splitArn(name).slice(0, 7).join(":")
    : partial?.[1] === undefined
      ? scope.arn("lambda", `function:${escapeWildcards(plain)}`)
      : `arn:${scope.place.partition}:lambda:${scope.place.region}:${partial[1]}:function:${plain}`;
  if (qualifier === undefined) return [base, `${base}:*`];
  return qualifier === "$LATEST" ? [base, `${base}:${qualifier}`] : [`${base}:${qualifier}`];
}

/** What invoking a function takes. @internal */
export function grantLambda(scope: PolicyScope): void {
  const given = scope.given("lambda");
  const name = given.length > 0 ? undefined : scope.read(scope.parameters(), "FunctionName", '"arn of the function"');
  scope.allow(["lambda:InvokeFunction"], name === undefined ? given : functionArns(scope, name));
}
