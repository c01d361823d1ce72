import { throwIfAborted } from "../../../core/abort.js";

/** A task of an activity, as a worker gets it. @internal */
export interface ActivityTask {
  readonly token: string;
  /** Its input as JSON text. */
  readonly input: string;
}

interface Offer {
  readonly task: ActivityTask;
  readonly taken: (workerName: string | undefined) => void;
}

interface Poll {
  readonly workerName: string | undefined;
  readonly take: (task: ActivityTask) => void;
}

/** Brings the tasks of one activity and its workers together, each in the order of arrival. @internal */
export class ActivityQueue {
  readonly #offers = new Set<Offer>();
  readonly #polls = new Set<Poll>();

  /**
   * Offers a task.
   *
   * @param task - The task.
   * @param signal - Takes the offer back.
   * @returns Name of the worker that took it, if it gave one.
   */
  offer(task: ActivityTask, signal: AbortSignal): Promise<string | undefined> {
    throwIfAborted(signal);
    const [poll] = this.#polls;
    if (poll !== undefined) {
      this.#polls.delete(poll);
      poll.take(task);
      return Promise.resolve(poll.workerName);
    }
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#offers.delete(offer);
        reject(signal.reason);
      };
      const offer: Offer = {
        task,
        taken(workerName) {
          signal.removeEventListener("abort", stop);
          resolve(workerName);
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#offers.add(offer);
    });
  }

  /**
   * Waits for a task.
   *
   * @param workerName - Name of the worker.
   * @param signal - Ends the wait.
   * @returns The task, or `undefined` when the wait ended without one.
   */
  poll(workerName: string | undefined, signal: AbortSignal): Promise<ActivityTask | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    const [offer] = this.#offers;
    if (offer !== undefined) {
      this.#offers.delete(offer);
      offer.taken(workerName);
      return Promise.resolve(offer.task);
    }
    return new Promise((resolve) => {
      const stop = () => {
        this.#polls.delete(poll);
        resolve(undefined);
      };
      const poll: Poll = {
        workerName,
        take(task) {
          signal.removeEventListener("abort", stop);
          resolve(task);
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#polls.add(poll);
    });
  }
}
