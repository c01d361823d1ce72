import { error, type ValidationIssue } from "./issue.js";
import { isObject, pointer, type ScopeVisit, type StateVisit } from "./visit.js";

/** Source: "Choosing workflow type in Step Functions", developer guide. */
const MAX_EXPRESS_SECONDS = 300;

/**
 * Finds what an Express state machine cannot have.
 *
 * @param scopes - All scopes, the machine itself first.
 * @returns The findings.
 * @internal
 */
export function findExpressLimits(scopes: readonly ScopeVisit[]): readonly ValidationIssue[] {
  const [machine] = scopes;
  const seconds = machine?.definition["TimeoutSeconds"];
  const tooLong =
    typeof seconds === "number" && seconds > MAX_EXPRESS_SECONDS
      ? [
          unsupported(
            pointer(machine?.path ?? "", "TimeoutSeconds"),
            `An Express execution ends after ${MAX_EXPRESS_SECONDS} seconds, and TimeoutSeconds is ${seconds}.`,
            `Set it to ${MAX_EXPRESS_SECONDS} or less, or make the machine Standard.`,
          ),
        ]
      : [];
  return [...tooLong, ...scopes.flatMap(({ states }) => [...states.values()].flatMap(checkState))];
}

function checkState({ state, path, name }: StateVisit): readonly ValidationIssue[] {
  const resource = state["Resource"];
  const remedy = "Make the machine Standard, or start a Standard one from it.";
  if (typeof resource === "string") {
    const ending = /\.(sync|sync:2|waitForTaskToken)$/.exec(resource)?.[0];
    const isActivity = /:activity:[^:]+$/.test(resource);
    if (ending === undefined && !isActivity) return [];
    const what = isActivity ? "an activity" : `a service by "${ending}"`;
    return [unsupported(pointer(path, "Resource"), `State "${name}" waits for ${what}.`, remedy)];
  }
  for (const field of ["ItemProcessor", "Iterator"]) {
    const processor = state[field];
    const config = isObject(processor) ? processor["ProcessorConfig"] : undefined;
    if (!isObject(config) || config["Mode"] !== "DISTRIBUTED") continue;
    return [unsupported(pointer(path, field, "ProcessorConfig", "Mode"), `Map "${name}" is distributed.`, remedy)];
  }
  return [];
}

function unsupported(path: string, message: string, remedy: string): ValidationIssue {
  return error(path, "EXPRESS_UNSUPPORTED", `An Express machine cannot have this. ${message}`, remedy);
}
