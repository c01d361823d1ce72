import { describe, expect, it } from "vitest";
import { createStates } from "./states-fixture.js";

const TOP = { QueryLanguage: "JSONata" };

describe("a JSONata expression", () => {
  const { runState, clock } = createStates();
  const evaluate = (expression: string, input: unknown = {}) =>
    runState({ Type: "Pass", Output: `{% ${expression} %}` }, input, TOP);

  it("cannot hold the process with a regular expression that searches for hours", async () => {
    const text = `${"a".repeat(60)}!`;
    const { error, cause } = await evaluate("$match($states.input, /(a+)+$/)", text);
    expect(error).toBe("States.QueryEvaluationError");
    expect(cause).toContain("The regular expression took more than 500 milliseconds.");
    expect((await evaluate('$replace($states.input, /a+/, "b")', text)).output).toBe("b!");
    expect((await evaluate("$match($states.input, /a(b)/).groups", "a long text with ab and ab")).output).toEqual([
      "b",
      "b",
    ]);
  });

  it("cannot run forever or call itself without end", async () => {
    expect((await evaluate("($f := function(){ $f() }; $f())")).error).toBe("States.QueryEvaluationError");
    expect((await evaluate("($f := function($n){ 1 + $f($n + 1) }; $f(0))")).error).toBe("States.QueryEvaluationError");
  });

  it.each(["$states.input.constructor", "$states.input.__proto__", '$states.input.constructor("return 1")()'])(
    "does not reach what belongs to the program by %s",
    async (expression) => {
      expect((await evaluate(expression)).error).toBe("States.QueryEvaluationError");
    },
  );

  it("keeps members such as __proto__ and constructor as plain data", async () => {
    const input = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown;
    for (const expression of ["$states.input", "$merge([$states.input])"]) {
      expect(JSON.stringify((await evaluate(expression, input)).output)).toBe(JSON.stringify(input));
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("tells the time of the execution's clock", async () => {
    const { output } = await evaluate('[$now(), $millis(), $now("[Y0001]")]');
    const now = clock.now();
    expect(output).toEqual([now.toISOString(), now.getTime(), String(now.getUTCFullYear())]);
  });
});
