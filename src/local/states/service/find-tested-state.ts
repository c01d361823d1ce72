import type { DefinitionFinding } from "../definition/findings.js";
import type { State, StatesBlock } from "../definition/model.js";
import { parseDefinition } from "../definition/parse-definition.js";
import type { Json } from "../json.js";
import type { TaskIntegration } from "../tasks/task-integration.js";
import { namedError, statesError } from "./states-error.js";

/** Name of a state that is tested without its machine. */
const ALONE = "State";

/** What does not matter of a state that stands alone: where it leads to. */
const OF_MACHINES: ReadonlySet<string> = new Set(["MISSING_TRANSITION_TARGET", "MISSING_END_STATE"]);

/** A state that is to be tested. @internal */
export interface TestedState {
  readonly state: State;
  /** Whether it belongs to the processor of a Map. */
  readonly inMap: boolean;
}

/**
 * Reads the state that TestState is to run: the whole definition, or one of its states.
 *
 * @param definition - A state, or a machine where a name is given.
 * @param stateName - Name of the state in the machine.
 * @param integrations - What Task states can use.
 * @returns The state.
 * @internal
 */
export function findTestedState(
  definition: string,
  stateName: string | undefined,
  integrations: readonly TaskIntegration[],
): TestedState {
  const isAlone = stateName === undefined;
  const text = isAlone ? JSON.stringify({ StartAt: ALONE, States: { [ALONE]: parseText(definition) } }) : definition;
  const { machine, findings } = parseDefinition(text, integrations);
  const problems = isAlone ? findings.filter(({ code }) => !OF_MACHINES.has(code)) : findings;
  if (problems.length > 0) throw namedError("InvalidDefinition", describeFindings(problems, isAlone));
  const found = findState(machine, stateName ?? ALONE, false);
  if (found !== undefined) return found;
  throw statesError("ValidationException", `The state '${stateName}' is not in the definition`);
}

/**
 * Whether a state is within a Map or Parallel.
 *
 * @param state - The Map or Parallel.
 * @param name - Name of the other state.
 * @returns `true` when it is one of the states of its processor or branches, at any depth.
 * @internal
 */
export function containsState(state: State, name: string): boolean {
  return blocksOf(state).some((block) => findState(block, name, false) !== undefined);
}

function findState(block: StatesBlock, name: string, inMap: boolean): TestedState | undefined {
  const own = block.states.get(name);
  if (own !== undefined) return { state: own, inMap };
  for (const state of block.states.values()) {
    for (const inner of blocksOf(state)) {
      const found = findState(inner, name, inMap || state.type === "Map");
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function blocksOf(state: State): readonly StatesBlock[] {
  if (state.type === "Parallel") return state.branches;
  return state.type === "Map" ? [state.processor] : [];
}

function parseText(definition: string): Json {
  try {
    return JSON.parse(definition) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw namedError("InvalidDefinition", `INVALID_JSON_DESCRIPTION: The definition is not valid JSON: ${reason} at /`);
  }
}

function describeFindings(findings: readonly DefinitionFinding[], isAlone: boolean): string {
  const place = (location: string) => (isAlone ? location.replace(`/States/${ALONE}`, "") || "/" : location);
  return findings.map(({ code, message, location }) => `${code}: ${message} at ${place(location)}`).join(", ");
}
