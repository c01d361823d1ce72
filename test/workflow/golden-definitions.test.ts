import validate from "asl-validator";
import { describe, expect, it } from "vitest";
import { checkDefinition, findPolicyGaps, renderWorkflow } from "../../src/workflow/index.js";
import { READY } from "./ready-workflows.js";

const cases = Object.keys(READY).flatMap((name) =>
  (["JSONPath", "JSONata"] as const).map((queryLanguage) => [name, queryLanguage] as const),
);

describe.each(cases)("the ready workflow %s in %s", (name, queryLanguage) => {
  const build = () => READY[name]?.(queryLanguage) ?? { StartAt: "", States: {} };

  it("is what it was", async () => {
    const file = `golden/${name}.${queryLanguage.toLowerCase()}.json`;
    await expect(`${JSON.stringify(build(), undefined, 2)}\n`).toMatchFileSnapshot(file);
  });

  it("has no finding of ours, nor of asl-validator", () => {
    expect(checkDefinition(build())).toEqual([]);
    // It writes into what it checks.
    const { isValid, errors } = validate(structuredClone(build()));
    expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
  });

  it("is new on every call", () => {
    expect(build()).toEqual(build());
    expect(build().States).not.toBe(build().States);
  });

  it("can be drawn, and names what its role needs", () => {
    expect(renderWorkflow(build())).toContain("<svg");
    const place = { region: "us-east-1", accountId: "000000000000", stateMachineName: "scones" };
    const unknown = findPolicyGaps(build(), place).filter(({ code }) => code === "SERVICE_UNKNOWN");
    expect(unknown).toEqual([]);
  });
});
