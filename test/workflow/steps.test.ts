import { describe, expect, it } from "vitest";
import { checkDefinition } from "../../src/workflow/checks/check-definition.js";
import { buildStateMachine } from "../../src/workflow/definition/state-machine.js";
import { chain } from "../../src/workflow/definition/steps/chain.js";
import { lambdaTask } from "../../src/workflow/definition/steps/lambda-task.js";

const task = (name: string, functionName = `scones-${name.length}`) =>
  lambdaTask<object, object>({ name, functionName });

describe("chain and buildStateMachine", () => {
  it("links the steps in order and ends after the last", () => {
    const definition = buildStateMachine({ start: chain(task("A"), chain(task("B"), task("C")), task("D")) });
    const order = Object.entries(definition.States).map(([name, state]) => [
      name,
      "Next" in state ? state.Next : "end",
    ]);
    expect(definition.StartAt).toBe("A");
    expect(order).toEqual([
      ["A", "B"],
      ["B", "C"],
      ["C", "D"],
      ["D", "end"],
    ]);
    expect(checkDefinition(definition)).toEqual([]);
  });

  it("writes remark, time limit and partition where they belong", () => {
    const definition = buildStateMachine({ start: task("A"), comment: "One", timeoutSeconds: 60, partition: "aws-cn" });
    expect(definition).toMatchObject({ Comment: "One", TimeoutSeconds: 60 });
    expect(definition.States["A"]).toMatchObject({ Resource: "arn:aws-cn:states:::lambda:invoke" });
  });

  it("refuses two different states of one name", () => {
    expect(() => buildStateMachine({ start: chain(task("A", "one"), task("A", "two")) })).toThrow(/named "A"/);
  });

  it("leads errors to the step that was named for them", () => {
    const onError = task("Clean up");
    const start = chain(
      lambdaTask<object, object>({ name: "A", functionName: "a", onError }),
      lambdaTask<object, object>({ name: "B", functionName: "b", onError }),
    );
    const definition = buildStateMachine({ start });
    expect(Object.keys(definition.States)).toEqual(["A", "Clean up", "B"]);
    expect(definition.States["Clean up"]).toMatchObject({ End: true });
    expect(checkDefinition(definition)).toEqual([]);
  });

  it("refuses names that Step Functions refuses", () => {
    expect(() => task("x".repeat(81))).toThrow(/at most 80/);
    expect(() => task("A", "two words")).toThrow(/without blanks/);
  });
});
