import { describe, expect, it } from "vitest";
import { onStop, throwIfStopped, WorkStop } from "../../src/local/stop-signal.js";

describe("a stop of work", () => {
  it("tells its listeners and its signal once, in the order in which they came", () => {
    const stop = new WorkStop();
    const heard: unknown[] = [];
    onStop(stop, (reason) => heard.push(["first", reason]));
    stop.signal.addEventListener("abort", () => heard.push(["signal", stop.signal.reason]));
    onStop(stop, (reason) => heard.push(["last", reason]));
    stop.abort("enough");
    stop.abort("again");
    expect(heard).toEqual([
      ["first", "enough"],
      ["signal", "enough"],
      ["last", "enough"],
    ]);
  });

  it("tells nothing to who listens no more", () => {
    const stop = new WorkStop();
    const heard: unknown[] = [];
    onStop(stop, (reason) => heard.push(reason))();
    stop.abort("enough");
    expect(heard).toEqual([]);
  });

  it("gives an aborted signal where it is asked for one too late", () => {
    const stop = new WorkStop();
    stop.abort("enough");
    expect(stop.signal).toMatchObject({ aborted: true, reason: "enough" });
    expect(() => throwIfStopped(stop)).toThrow("enough");
  });
});
