/** An IAM policy: a plain object, ready for `JSON.stringify`. */
export interface PolicyDocument {
  /** Version of the policy language. */
  readonly Version: "2012-10-17";
  /** What is allowed. IAM refuses a policy without statements, so attach none where this is empty. */
  readonly Statement: readonly PolicyStatement[];
}

/** One statement of a {@link PolicyDocument}. */
export interface PolicyStatement {
  /** These policies only allow. */
  readonly Effect: "Allow";
  /** Actions such as `lambda:InvokeFunction`, sorted. */
  readonly Action: readonly string[];
  /** ARNs, sorted; `*` alone for actions that know no resources. */
  readonly Resource: readonly string[];
  /** When it holds. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What one statement takes before it is merged with others. @internal */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: NonNullable<PolicyStatement["Condition"]>;
}

/**
 * Writes a policy: grants of the same actions under the same condition become one statement.
 *
 * @param grants - What is allowed; a grant without resources is dropped.
 * @returns The policy, its statements sorted, so that the same grants give the same text.
 * @internal
 */
export function toPolicyDocument(grants: readonly Grant[]): PolicyDocument {
  const merged = new Map<string, { readonly grant: Grant; readonly resources: Set<string> }>();
  for (const grant of grants) {
    if (grant.resources.length === 0) continue;
    const key = JSON.stringify([[...new Set(grant.actions)].sort(), grant.condition ?? null]);
    const entry = merged.get(key) ?? { grant, resources: new Set<string>() };
    for (const resource of grant.resources) entry.resources.add(resource);
    merged.set(key, entry);
  }
  const ordered = [...merged].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    Version: "2012-10-17",
    Statement: ordered.map(([, { grant, resources }]) => ({
      Effect: "Allow",
      Action: [...new Set(grant.actions)].sort(),
      Resource: [...resources].sort(),
      ...(grant.condition === undefined ? {} : { Condition: grant.condition }),
    })),
  };
}

/**
 * Writes literal text for a place where IAM looks for wildcards.
 *
 * @param text - Text such as an S3 key. One with `${...}` is for CloudFormation and stays as it is.
 * @returns The text with `*`, `?` and `$` escaped.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * @internal
 */
export function escapeWildcards(text: string): string {
  return text.includes("${") ? text : text.replace(/[*?$]/g, (character) => `\${${character}}`);
}
