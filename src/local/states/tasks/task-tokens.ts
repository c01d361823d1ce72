import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Json } from "../json.js";
import { namedError } from "../service/states-error.js";
import type { StateFailure } from "../state-failure.js";

/** A task that waits until its token comes back. @internal */
export interface OpenTask {
  /** What the worker sends back with its answer. */
  readonly token: string;
  /** What the worker sends: resolves with its output, rejects with its failure. */
  readonly outcome: Promise<Json>;
  /** Resolves with the next heartbeat. */
  nextHeartbeat(): Promise<void>;
  /** Gives the task up; from now on its token is too late. */
  close(): void;
}

interface Waiting {
  readonly succeed: (output: Json) => void;
  readonly fail: (failure: StateFailure) => void;
  readonly beat: () => void;
}

/** Layout of a token: a fixed start, random bytes, and the proof that we made it. */
const START = Buffer.from("0000002a00000002", "hex");
const ID_BYTES = 16;
const PROOF_BYTES = 32;

/**
 * The tokens of all tasks that wait for one. A token proves that it was made here, so that none has to be remembered
 * once its task is over.
 * @internal
 */
export class TaskTokens {
  readonly #key = randomBytes(32);
  readonly #waiting = new Map<string, Waiting>();

  /** Opens a task with a token of its own. */
  open(): OpenTask {
    const token = this.#makeToken();
    let beat = () => {};
    let next = new Promise<void>((resolve) => {
      beat = resolve;
    });
    const outcome = new Promise<Json>((resolve, reject) => {
      this.#waiting.set(token, {
        succeed: resolve,
        fail: reject,
        beat() {
          beat();
          next = new Promise<void>((resolveNext) => {
            beat = resolveNext;
          });
        },
      });
    });
    // The task may end in another way before anyone looks at what the worker sent.
    outcome.catch(() => undefined);
    return { token, outcome, nextHeartbeat: () => next, close: () => void this.#waiting.delete(token) };
  }

  /** Ends a task with an output. */
  succeed(token: string, output: Json): void {
    const waiting = this.#find(token);
    this.#waiting.delete(token);
    waiting.succeed(output);
  }

  /** Ends a task with an error. */
  fail(token: string, failure: StateFailure): void {
    const waiting = this.#find(token);
    this.#waiting.delete(token);
    waiting.fail(failure);
  }

  /** Notes that a worker is still there. */
  heartbeat(token: string): void {
    this.#find(token).beat();
  }

  #find(token: string): Waiting {
    const waiting = this.#waiting.get(token);
    if (waiting !== undefined) return waiting;
    const bytes = Buffer.from(token, "base64");
    if (bytes.length !== START.length + ID_BYTES + PROOF_BYTES || !bytes.subarray(0, START.length).equals(START)) {
      throw namedError("InvalidToken", "Invalid token");
    }
    const proof = this.#prove(bytes.subarray(START.length, START.length + ID_BYTES));
    if (!timingSafeEqual(proof, bytes.subarray(START.length + ID_BYTES))) {
      throw namedError("TaskDoesNotExist", "Task does not exist");
    }
    throw namedError("TaskTimedOut", "Provided task does not exist anymore");
  }

  #makeToken(): string {
    const id = randomBytes(ID_BYTES);
    return Buffer.concat([START, id, this.#prove(id)]).toString("base64");
  }

  #prove(id: Uint8Array): Buffer {
    return createHmac("sha256", this.#key).update(id).digest();
  }
}
