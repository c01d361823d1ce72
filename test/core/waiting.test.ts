import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { abortable, sleep } from "../../src/core/abort.js";
import { poll } from "../../src/core/poll.js";
import { waitTimeout } from "../../src/core/wait-timeout.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const reason = new Error("enough");
const onTimeout = (elapsed: number) => waitTimeout("job x", elapsed, "Training", "Ask again.");

describe("sleep", () => {
  it("resolves in time and leaves no listener", async () => {
    const { signal } = new AbortController();
    const wait = sleep(1000, signal);
    await vi.advanceTimersByTimeAsync(1000);
    await expect(wait).resolves.toBeUndefined();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("rejects with the signal's reason and leaves no timer", async () => {
    const controller = new AbortController();
    const wait = sleep(1000, controller.signal);
    controller.abort(reason);
    await expect(wait).rejects.toBe(reason);
    await expect(sleep(1000, controller.signal)).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("abortable", () => {
  it("turns what an abort surfaces as into the signal's reason", async () => {
    const controller = new AbortController();
    const call = abortable(controller.signal, async (options) => {
      expect(options.abortSignal).toBe(controller.signal);
      controller.abort(reason);
      throw new Error("Request aborted");
    });
    await expect(call).rejects.toBe(reason);
    await expect(abortable(controller.signal, async () => 1)).rejects.toBe(reason);
  });

  it("leaves other failures as they are", async () => {
    const failure = new Error("AccessDenied");
    await expect(abortable(undefined, async (options) => Promise.reject(Object.assign(failure, options)))).rejects.toBe(
      failure,
    );
  });
});

describe("poll", () => {
  it("asks ever more rarely: about fifty times in six minutes", async () => {
    const start = Date.now();
    const check = vi.fn(async () => (Date.now() - start >= 360_000 ? "done" : undefined));
    const answer = poll({ check, timeoutMs: 3_600_000, onTimeout });
    await vi.advanceTimersByTimeAsync(400_000);
    await expect(answer).resolves.toBe("done");
    expect(check.mock.calls.length).toBeGreaterThan(40);
    expect(check.mock.calls.length).toBeLessThan(90);
  });

  it("keeps to a given interval", async () => {
    const check = vi.fn(async () => (check.mock.calls.length === 4 ? 1 : undefined));
    const answer = poll({ check, intervalMs: 10, timeoutMs: 1000, onTimeout });
    await vi.advanceTimersByTimeAsync(30);
    await expect(answer).resolves.toBe(1);
  });

  it("gives up at its limit and says what it waited for", async () => {
    const answer = poll({ check: async () => undefined, timeoutMs: 5000, onTimeout });
    const outcome = expect(answer).rejects.toMatchObject({
      name: "WaitTimeoutError",
      code: "WAIT_TIMEOUT",
      message:
        "Waiting for job x took longer than its limit: 5 s have passed, the last status was Training. Ask again.",
      details: { waitingFor: "job x", elapsedMs: 5000, lastStatus: "Training" },
    });
    await vi.advanceTimersByTimeAsync(5000);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says nothing of a status that was never seen", () => {
    expect(waitTimeout("x", 1000, undefined, "Ask again.").message).not.toContain("last status");
  });

  it("stops at an abort", async () => {
    const controller = new AbortController();
    const answer = poll({ check: async () => undefined, timeoutMs: 5000, onTimeout, signal: controller.signal });
    const outcome = expect(answer).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(150);
    controller.abort(reason);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });
});
