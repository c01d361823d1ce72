import type { Findings } from "./findings.js";
import type { State, StatesBlock } from "./model.js";

/**
 * Checks that every transition leads to a state, that every state can be reached, and that there is an end.
 *
 * @param block - The states.
 * @param location - Where they stand.
 * @param findings - Receives their problems.
 * @internal
 */
export function checkTransitions(block: StatesBlock, location: string, findings: Findings): void {
  if (block.startAt !== "" && !block.states.has(block.startAt)) {
    findings.add(`${location}/StartAt`, `There is no state '${block.startAt}'.`, "MISSING_TRANSITION_TARGET");
  }
  const reached = new Set<string>([block.startAt]);
  for (const name of reached) {
    const state = block.states.get(name);
    for (const { target } of state === undefined ? [] : transitionsOf(state)) reached.add(target);
  }
  let hasEnd = false;
  for (const [name, state] of block.states) {
    const at = `${location}/States/${name}`;
    const transitions = transitionsOf(state);
    for (const { field, target } of transitions) {
      if (!block.states.has(target)) {
        findings.add(`${at}/${field}`, `There is no state '${target}'.`, "MISSING_TRANSITION_TARGET");
      }
    }
    if (!reached.has(name)) findings.add(at, `State "${name}" is not reachable.`, "MISSING_TRANSITION_TARGET");
    if (state.type !== "Choice" && state.next === undefined) hasEnd = true;
  }
  if (!hasEnd) findings.add(`${location}/States`, "There is no terminal state.", "MISSING_END_STATE");
}

interface StateTransition {
  readonly field: string;
  readonly target: string;
}

function transitionsOf(state: State): readonly StateTransition[] {
  const found: StateTransition[] = [];
  if (state.next !== undefined) found.push({ field: "Next", target: state.next });
  if ("catch" in state) {
    for (const [index, { next }] of state.catch.entries()) {
      if (next !== "") found.push({ field: `Catch[${index}]/Next`, target: next });
    }
  }
  if (state.type !== "Choice") return found;
  for (const [index, { next }] of state.choices.entries()) {
    if (next !== "") found.push({ field: `Choices[${index}]/Next`, target: next });
  }
  if (state.default !== undefined) found.push({ field: "Default", target: state.default });
  return found;
}
