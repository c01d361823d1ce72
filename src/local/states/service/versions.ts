import * as z from "zod";
import { dateSchema } from "../../kept/kept-schemas.js";
import type { Collection, Records } from "../../kept/records.js";
import { checkArn } from "./arns.js";
import { takePage } from "./paging.js";
import { type StateMachineRecord, type StateMachines, seconds } from "./state-machines.js";
import { namedError, statesError } from "./states-error.js";

/** A published version: the machine as it was then, which no update changes. @internal */
export interface VersionRecord {
  readonly arn: string;
  readonly description: string | undefined;
  readonly created: Date;
  readonly machine: StateMachineRecord;
}

/** A PublishStateMachineVersion request after its shape was checked. @internal */
export interface PublishVersionRequest {
  readonly stateMachineArn: string;
  readonly revisionId?: string;
  readonly description?: string;
}

interface MachineVersions {
  /** Numbers are never given twice, also not after a deletion. */
  readonly last: number;
  readonly records: readonly VersionRecord[];
}

/** The published versions of the machines. @internal */
export class Versions {
  readonly #machines: StateMachines;
  readonly #now: () => Date;
  readonly #versions: Collection<MachineVersions>;

  /**
   * @param machines - The machines.
   * @param now - The clock.
   * @param records - What keeps the versions.
   */
  constructor(machines: StateMachines, now: () => Date, records: Records) {
    this.#machines = machines;
    this.#now = now;
    const version = z.object({
      arn: z.string(),
      description: z.string().optional(),
      created: dateSchema,
      machine: machines.keptSchema,
    });
    const schema = z.object({ last: z.int(), records: z.array(version) });
    this.#versions = records("state-machine-versions", schema as z.ZodType<MachineVersions>);
  }

  /** Publishes a machine as it stands; a revision that was published last is not published again. */
  publish({ stateMachineArn: arn, revisionId, description }: PublishVersionRequest): VersionRecord {
    const machine = this.#machines.find(arn);
    if (revisionId !== undefined && revisionId !== (machine.revisionId ?? "INITIAL")) {
      throw statesError(
        "ConflictException",
        `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${machine.revisionId ?? "INITIAL"}.`,
      );
    }
    const versions = this.#of(machine);
    const latest = versions.records.at(-1);
    if (latest !== undefined && latest.machine.revisionId === machine.revisionId) return latest;
    const last = versions.last + 1;
    const record = { arn: `${arn}:${last}`, description, created: this.#now(), machine };
    this.#versions.set(arn, { last, records: [...versions.records, record] });
    return record;
  }

  /** Finds a version by its ARN, or `undefined` where there is none. */
  get(arn: string): VersionRecord | undefined {
    const machineArn = arn.slice(0, arn.lastIndexOf(":"));
    return this.#versions.get(machineArn)?.records.find((record) => record.arn === arn);
  }

  /** Lists the versions of a machine, newest first. */
  list(request: { readonly stateMachineArn: string; readonly maxResults?: number; readonly nextToken?: string }) {
    const machine = this.#machines.find(request.stateMachineArn);
    const all = [...this.#of(machine).records].reverse();
    const { items, nextToken } = takePage(all, request, `versions:${machine.arn}`);
    const stateMachineVersions = items.map(({ arn, created }) => ({
      stateMachineVersionArn: arn,
      creationDate: seconds(created),
    }));
    return { stateMachineVersions, nextToken };
  }

  /** Forgets a version; one that is not there is no error. */
  delete(arn: string): void {
    checkArn(arn, "stateMachine");
    const machineArn = arn.slice(0, arn.lastIndexOf(":"));
    const versions = this.#versions.get(machineArn);
    if (versions === undefined) return;
    this.#versions.set(machineArn, { ...versions, records: versions.records.filter((record) => record.arn !== arn) });
  }

  /** Forgets all versions of a machine that was deleted. */
  forget(machineArn: string): void {
    this.#versions.delete(machineArn);
  }

  /** A machine that was deleted and made anew has none of the old versions. */
  #of({ arn }: StateMachineRecord): MachineVersions {
    return this.#versions.get(arn) ?? { last: 0, records: [] };
  }
}

/**
 * Refuses a description of a version that is not to be published.
 *
 * @param request - A request to make or change a machine.
 * @internal
 */
export function checkPublish(request: { readonly publish?: boolean; readonly versionDescription?: string }): void {
  if (request.publish === true || request.versionDescription === undefined) return;
  throw statesError("ValidationException", "Version description can only be set when publish is true");
}

/**
 * Makes the refusal of a version that does not exist.
 *
 * @param arn - Its ARN.
 * @returns The refusal.
 * @internal
 */
export function noSuchMachine(arn: string) {
  return namedError("StateMachineDoesNotExist", arn);
}
