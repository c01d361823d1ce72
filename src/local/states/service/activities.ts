import * as z from "zod";
import { sleep } from "../../../core/abort.js";
import { dateSchema } from "../../kept/kept-schemas.js";
import type { Collection, Records } from "../../kept/records.js";
import { ActivityQueue } from "../tasks/activity-queue.js";
import { type ArnPlace, activityArn, checkArn, checkName } from "./arns.js";
import { OWNED_KEY } from "./describe-machine.js";
import { takePage } from "./paging.js";
import { seconds } from "./state-machines.js";
import { namedError } from "./states-error.js";

interface Activity {
  readonly arn: string;
  readonly name: string;
  readonly created: Date;
  readonly queue: ActivityQueue;
}

interface ActivityRequest {
  readonly activityArn: string;
}

const ActivitySchema: z.ZodType<Activity> = z.codec(
  z.object({ arn: z.string(), name: z.string(), created: dateSchema }),
  z.custom<Activity>(),
  { decode: (kept) => ({ ...kept, queue: new ActivityQueue() }), encode: (activity) => activity },
);

/** Source: API reference, "GetActivityTask": a poll without a task ends after 60 seconds. */
const POLL_MS = 60_000;

/** The activities of the local AWS. @internal */
export class Activities {
  readonly #place: ArnPlace;
  readonly #now: () => Date;
  readonly #activities: Collection<Activity>;
  readonly #closing = new AbortController();

  /**
   * @param place - Region and account.
   * @param now - The clock.
   * @param records - What keeps them.
   */
  constructor(place: ArnPlace, now: () => Date, records: Records) {
    this.#place = place;
    this.#now = now;
    this.#activities = records("activities", ActivitySchema);
  }

  /**
   * Makes an activity; the same request again changes nothing.
   *
   * @param request - The request.
   * @param prepare - Keeps what belongs to a new activity, before the activity itself is kept.
   */
  create(
    { name }: { readonly name: string },
    prepare: (arn: string) => void = () => {},
  ): { readonly activityArn: string; readonly creationDate: number } {
    const arn = activityArn(this.#place, checkName(name));
    const existing = this.#activities.get(arn);
    if (existing !== undefined) return { activityArn: arn, creationDate: seconds(existing.created) };
    const created = this.#now();
    prepare(arn);
    this.#activities.set(arn, { arn, name, created, queue: new ActivityQueue() });
    return { activityArn: arn, creationDate: seconds(created) };
  }

  /** Forgets an activity; one that is not there is no error. */
  delete({ activityArn: arn }: ActivityRequest): void {
    checkArn(arn, "activity");
    this.#activities.delete(arn);
  }

  /** Describes an activity. */
  describe({ activityArn: arn }: ActivityRequest): unknown {
    const { name, created } = this.#find(arn);
    return { activityArn: arn, name, creationDate: seconds(created), encryptionConfiguration: OWNED_KEY };
  }

  /** Lists the activities, oldest first. */
  list(request: { readonly maxResults?: number; readonly nextToken?: string }): unknown {
    const { items, nextToken } = takePage([...this.#activities.values()], request, "activities");
    const activities = items.map(({ arn, name, created }) => ({
      activityArn: arn,
      name,
      creationDate: seconds(created),
    }));
    return { activities, nextToken };
  }

  /**
   * Waits up to 60 seconds for a task. The time is real whatever the clock of the executions says: it is the caller's
   * request that waits.
   */
  async getTask(request: ActivityRequest & { readonly workerName?: string }, signal?: AbortSignal): Promise<unknown> {
    const { queue } = this.#find(request.activityArn);
    const end = new AbortController();
    const stop = () => end.abort();
    const signals = [this.#closing.signal, ...(signal === undefined ? [] : [signal])];
    for (const each of signals) each.addEventListener("abort", stop, { once: true });
    if (signals.some(({ aborted }) => aborted)) stop();
    sleep(POLL_MS, end.signal).then(stop, () => undefined);
    try {
      const task = await queue.poll(request.workerName, end.signal);
      return task === undefined ? { taskToken: null } : { taskToken: task.token, input: task.input };
    } finally {
      stop();
      for (const each of signals) each.removeEventListener("abort", stop);
    }
  }

  /** The queue of an activity, or `undefined` where there is none of this ARN. */
  queueOf(arn: string): ActivityQueue | undefined {
    return this.#activities.get(arn)?.queue;
  }

  /** Whether there is an activity with this ARN. */
  has(arn: string): boolean {
    return this.#activities.has(arn);
  }

  /** Ends the polls of all workers. */
  close(): void {
    this.#closing.abort();
  }

  #find(arn: string): Activity {
    checkArn(arn, "activity");
    const activity = this.#activities.get(arn);
    if (activity === undefined) throw namedError("ActivityDoesNotExist", arn);
    return activity;
  }
}
