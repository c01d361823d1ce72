import type { FunctionRegistry } from "../../functions.js";
import { type Clock, holdTime } from "../clock.js";
import type { TaskIntegration } from "./task-integration.js";

/** Tasks that wait for what itself takes the clock's time, or for somebody else's answer. */
const WAITING = /\.waitForTaskToken$|:states:::states:startExecution\.sync(:2)?$|:activity:[^:]+$/;

/**
 * Makes a virtual time stand still while tasks work.
 *
 * @param integration - What tasks use.
 * @param clock - The clock.
 * @returns The same, but that it holds the time; a clock of real time changes nothing.
 * @internal
 */
export function holdTimeInTasks(integration: TaskIntegration, clock: Pick<Clock, "hold">): TaskIntegration {
  if (clock.hold === undefined) return integration;
  return {
    ...integration,
    run: (task) => (WAITING.test(task.resource) ? integration.run(task) : holdTime(clock, () => integration.run(task))),
  };
}

/**
 * Makes a virtual time stand still while functions run, whatever the task then waits for.
 *
 * @param functions - The functions.
 * @param clock - The clock.
 * @returns The same functions, but that they hold the time; a clock of real time changes nothing.
 * @internal
 */
export function holdTimeInFunctions(functions: FunctionRegistry, clock: Pick<Clock, "hold">): FunctionRegistry {
  if (clock.hold === undefined) return functions;
  return { ...functions, invoke: (...call) => holdTime(clock, () => functions.invoke(...call)) };
}
