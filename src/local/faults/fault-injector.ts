import { sleep } from "../../core/abort.js";
import { createRandom } from "../sagemaker/random.js";
import type { ServiceError } from "../service-error.js";
import type { LocalServiceName } from "../service-of.js";
import { faultError } from "./fault-error.js";
import type { ResolvedFault, StallableOperation } from "./fault-options.js";

/** A fault that was injected; `using` removes it at the end of the block. */
export interface InjectedFault extends Disposable {
  /** How many calls it has struck. */
  readonly hits: number;
  /** Ends it; calls are answered as before. Safe to call twice. */
  remove(): void;
}

interface ActiveFault {
  readonly fault: ResolvedFault;
  readonly seed: number;
  readonly counts: Map<string, OperationCount>;
  /** Let go what the fault has stalled. */
  readonly stalled: Set<() => void>;
  hits: number;
}

interface OperationCount {
  calls: number;
  readonly random: () => number;
}

/** Decides for each call whether a fault strikes it. @internal */
export class FaultInjector {
  readonly #seed: number;
  readonly #active = new Set<ActiveFault>();
  #injected = 0;

  /**
   * Makes an injector without faults.
   *
   * @param seed - Decides what a rate strikes.
   */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * Adds a fault.
   *
   * @param fault - The fault.
   * @returns Its end.
   */
  inject(fault: ResolvedFault): InjectedFault {
    const active: ActiveFault = {
      fault,
      seed: hashText(this.#seed, String(this.#injected++)),
      counts: new Map(),
      stalled: new Set(),
      hits: 0,
    };
    this.#active.add(active);
    const remove = () => {
      this.#active.delete(active);
      for (const release of active.stalled) release();
    };
    return {
      get hits() {
        return active.hits;
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  /**
   * Counts a call, and waits where a fault delays it.
   *
   * @param service - Its service.
   * @param operation - Its operation; asked for only where a fault may strike.
   * @param signal - Ends a delay.
   * @returns The error to refuse it with: of several that of the fault injected first.
   * @throws The signal's reason.
   */
  async strike(
    service: LocalServiceName,
    operation: () => string | undefined,
    signal?: AbortSignal,
  ): Promise<ServiceError | undefined> {
    const candidates = [...this.#active].filter(({ fault }) => fault.service === service && fault.kind !== "stall");
    const name = candidates.length === 0 ? undefined : operation();
    if (name === undefined) return undefined;
    const struck = candidates.filter((active) => isStruck(active, name)).map(({ fault }) => fault);
    const delayMs = struck.reduce((sum, fault) => sum + (fault.kind === "stall" ? 0 : fault.delayMs), 0);
    if (delayMs > 0) await sleep(delayMs, signal);
    return struck.map(faultError).find((error) => error !== undefined);
  }

  /**
   * Holds work back that an operation has started, as long as a fault stalls it.
   *
   * @param operation - The operation of SageMaker.
   * @param signal - Ends the hold.
   * @throws The signal's reason.
   */
  async hold(operation: StallableOperation, signal?: AbortSignal): Promise<void> {
    for (const active of this.#active) {
      if (active.fault.kind !== "stall" || !isStruck(active, operation)) continue;
      await new Promise<void>((resolve, reject) => {
        const release = () => {
          active.stalled.delete(release);
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        const stop = () => {
          active.stalled.delete(release);
          reject(signal?.reason);
        };
        active.stalled.add(release);
        signal?.addEventListener("abort", stop, { once: true });
      });
    }
  }

  /** Removes every fault and lets go what is stalled. */
  close(): void {
    for (const { stalled } of this.#active) for (const release of stalled) release();
    this.#active.clear();
  }

  /** Whether there is nothing to decide. */
  get isEmpty(): boolean {
    return this.#active.size === 0;
  }
}

function isStruck(active: ActiveFault, operation: string): boolean {
  const { fault, counts, seed } = active;
  if (fault.operation !== undefined && fault.operation !== operation) return false;
  const count = counts.get(operation) ?? { calls: 0, random: createRandom(hashText(seed, operation)) };
  counts.set(operation, count);
  count.calls++;
  const strikes = selects(fault.on, count);
  if (strikes) active.hits++;
  return strikes;
}

function selects(on: ResolvedFault["on"], { calls, random }: OperationCount): boolean {
  if (on === "every") return true;
  if (typeof on === "number") return calls === on;
  return "rate" in on ? random() < on.rate : on.includes(calls);
}

/** FNV-1a: neighbouring seeds and names give unlike numbers. */
function hashText(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
