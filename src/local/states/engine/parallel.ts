import type { ParallelState } from "../definition/model.js";
import type { Json } from "../json.js";
import { joinValues } from "../json-text.js";
import { buildParameters, finishWithResult, selectInput } from "./data-flow.js";
import { runTogether } from "./run-together.js";
import type { StateResult, StateRun } from "./state-run.js";

/**
 * Runs a Parallel state once.
 *
 * @param state - The state.
 * @param run - The attempt.
 * @returns What it gives: the outputs of the branches, in their order.
 * @internal
 */
export async function runParallel(state: ParallelState, run: StateRun): Promise<StateResult> {
  const { branch, environment } = run;
  const input = await buildParameters(run, state.data, await selectInput(run, state.data));
  branch.startLines("ParallelStateStarted");
  const outputs: Json[] = [];
  const started = branch.fork(branch.stop);
  const count = state.branches.length;
  await runTogether(branch, {
    count,
    limit: count,
    fork: (index, stop) => started.fork(stop, undefined, index),
    async run(line, index) {
      const block = state.branches[index];
      if (block !== undefined) outputs[index] = await environment.runBlock(block, input, line);
      return line.lastEventId;
    },
  });
  branch.note("ParallelStateSucceeded");
  return { ...(await finishWithResult(run, state.language, state.data, joinValues(outputs))), next: state.next };
}
