import { describe, expect, it } from "vitest";
import { forEachConcurrent } from "../../src/core/concurrency.js";

async function* count(limit: number, onReturn: () => void = () => {}): AsyncGenerator<number> {
  try {
    for (let number = 0; number < limit; number++) yield number;
  } finally {
    onReturn();
  }
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("forEachConcurrent", () => {
  it("works off every item once, and no more at a time than allowed", async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await forEachConcurrent(count(100), { limit: 7 }, async (item) => {
      most = Math.max(most, ++running);
      await tick();
      seen.push(item);
      running--;
    });
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(most).toBe(7);
  });

  it("takes plain iterables", async () => {
    const seen: string[] = [];
    await forEachConcurrent(["a", "b"], { limit: 2 }, async (item) => void seen.push(item));
    expect(seen).toEqual(["a", "b"]);
  });

  it("stops at the first failure, waits for what is under way and closes the source", async () => {
    const failure = new Error("third");
    let closed = false;
    let running = 0;
    const work = forEachConcurrent(
      count(1000, () => {
        closed = true;
      }),
      { limit: 4 },
      async (item) => {
        running++;
        await tick();
        running--;
        if (item === 3) throw failure;
      },
    );
    await expect(work).rejects.toBe(failure);
    expect({ closed, running }).toEqual({ closed: true, running: 0 });
  });

  it("closes a plain iterator without a return method, too", async () => {
    const failure = new Error("first");
    const endless = { [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: 1 }) }) };
    await expect(forEachConcurrent(endless, { limit: 1 }, () => Promise.reject(failure))).rejects.toBe(failure);
  });

  it("hands a failure of the source on", async () => {
    const failure = new Error("broken source");
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw failure;
    }
    await expect(forEachConcurrent(broken(), { limit: 3 }, async () => {})).rejects.toBe(failure);
  });

  it("stops at an abort with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let done = 0;
    const work = forEachConcurrent(count(1000), { limit: 2, signal: controller.signal }, async () => {
      if (++done === 5) controller.abort(reason);
      await tick();
    });
    await expect(work).rejects.toBe(reason);
    expect(done).toBeLessThan(10);
  });
});
