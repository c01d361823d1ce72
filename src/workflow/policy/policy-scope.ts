import { isObject, type JsonObject, pointer, type StateVisit } from "../checks/visit.js";
import { splitArn } from "../definition/split-arn.js";
import type { Grant } from "./policy-document.js";
import { escapeWildcards } from "./policy-document.js";
import type { PolicyGap, PolicyGapCode } from "./policy-gap.js";

/** Where the resources of a definition are. @internal */
export interface PolicyPlace {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly stateMachineName: string | undefined;
  readonly resources: Readonly<Record<string, readonly string[]>>;
}

/** Collects what one state needs, and what of it cannot be known. @internal */
export class PolicyScope {
  readonly grants: Grant[] = [];
  readonly gaps: PolicyGap[] = [];
  readonly #visit: StateVisit;
  readonly #place: PolicyPlace;

  constructor(visit: StateVisit, place: PolicyPlace) {
    this.#visit = visit;
    this.#place = place;
  }

  get state(): JsonObject {
    return this.#visit.state;
  }

  get place(): PolicyPlace {
    return this.#place;
  }

  /** Allows actions on resources. */
  allow(actions: readonly string[], resources: readonly string[], condition?: Grant["condition"]): void {
    this.grants.push({ actions, resources, ...(condition === undefined ? {} : { condition }) });
  }

  /** Notes what cannot be known. */
  gap(code: PolicyGapCode, message: string, remedy: string, ...parts: readonly string[]): void {
    this.gaps.push({ path: pointer(this.#visit.path, ...parts), code, message, remedy });
  }

  /** ARN in the place of the policy, for what is named without one. */
  arn(service: string, resource: string): string {
    const { partition, region, accountId } = this.#place;
    if (region === "*" || accountId === "*") {
      const remedy = "Pass region and accountId, so that the policy names one account's resources.";
      this.gap("ACCOUNT_OPEN", `${service} ${resource} stands without region and account.`, remedy);
    }
    return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  }

  /** What the caller says that this state works on, of one service and kind. */
  given(service: string, kind = ""): readonly string[] {
    const own = Object.hasOwn(this.#place.resources, this.#visit.name) ? this.#place.resources[this.#visit.name] : [];
    return (own ?? []).filter((arn) => {
      const [, , ofService, , , ...resource] = splitArn(arn);
      return ofService === service && resource.join(":").startsWith(kind);
    });
  }

  /** The object that a state passes on: `Parameters`, or in JSONata `Arguments`. */
  parameters(of: JsonObject = this.state): unknown {
    return of[this.#visit.queryLanguage === "JSONata" ? "Arguments" : "Parameters"];
  }

  /**
   * Reads a value that has to be known beforehand. One that is not is noted as a gap.
   *
   * @returns The text, or `undefined`.
   */
  read(parameters: unknown, name: string, hint: string): string | undefined {
    const field = this.#visit.queryLanguage === "JSONata" ? "Arguments" : "Parameters";
    const value = isObject(parameters) ? parameters[name] : undefined;
    const isDynamic =
      this.#visit.queryLanguage === "JSONata"
        ? isExpression(parameters) || isExpression(value)
        : isObject(parameters) && parameters[`${name}.$`] !== undefined;
    const remedy = `Pass resources: { ${JSON.stringify(this.#visit.name)}: [${hint}] }.`;
    if (isDynamic) {
      this.gap("RESOURCE_DYNAMIC", `${name} is known only when the execution runs.`, remedy, field, name);
      return undefined;
    }
    if (typeof value !== "string" || value === "") {
      this.gap("RESOURCE_MISSING", `${name} is not in the definition.`, remedy, field, name);
      return undefined;
    }
    if (value.includes("${")) {
      const message = `${name} holds a CloudFormation substitution.`;
      this.gap("RESOURCE_SUBSTITUTED", message, "Put the policy through Fn::Sub too, or pass resources.", field, name);
    }
    return value;
  }

  /** ARNs of a resource: the caller's, else made of a parameter that is its name. */
  named(
    service: string,
    parameters: unknown,
    name: string,
    kind: string,
    toName: (name: string) => string = (text) => text,
  ): readonly string[] {
    const given = this.given(service, kind);
    if (given.length > 0) return given;
    const value = this.read(parameters, name, `"arn of ${name}"`);
    if (value === undefined) return [];
    return [isArn(value) ? value : this.arn(service, `${kind}${escapeWildcards(toName(value))}`)];
  }
}

/** Whether a value is an ARN, or stands for one in a template. @internal */
export function isArn(value: string): boolean {
  return /^arn:|^\$\{[^}]+\}$/.test(value);
}

function isExpression(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("{%");
}
