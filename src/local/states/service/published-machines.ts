import type { Records } from "../../kept/records.js";
import { Aliases } from "./aliases.js";
import { checkArn } from "./arns.js";
import { describeMachine } from "./describe-machine.js";
import {
  type CreateStateMachineRequest,
  type StateMachineRecord,
  type StateMachines,
  seconds,
  type UpdateStateMachineRequest,
} from "./state-machines.js";
import { checkPublish, type PublishVersionRequest, Versions } from "./versions.js";

/** What an execution is started from. @internal */
export interface StartTarget {
  readonly machine: StateMachineRecord;
  readonly versionArn?: string;
  readonly aliasArn?: string;
}

/** The machines together with their versions and aliases. @internal */
export class PublishedMachines {
  /** The aliases. */
  readonly aliases: Aliases;
  readonly #machines: StateMachines;
  readonly #versions: Versions;

  /**
   * @param machines - The machines.
   * @param clock - Time and chance.
   * @param records - What keeps versions and aliases.
   */
  constructor(machines: StateMachines, clock: { now: () => Date; random: () => number }, records: Records) {
    this.#machines = machines;
    this.#versions = new Versions(machines, clock.now, records);
    this.aliases = new Aliases({ machines, versions: this.#versions, clock, records });
  }

  /** Makes a machine, and publishes it where that is asked for; see {@link StateMachines.create}. */
  create(request: CreateStateMachineRequest, prepare?: (arn: string) => void) {
    checkPublish(request);
    const made = this.#machines.create(request, prepare);
    return { ...made, ...this.#publishIfAsked(made.stateMachineArn, request) };
  }

  /** Changes a machine, and publishes it where that is asked for. */
  update(request: UpdateStateMachineRequest) {
    checkPublish(request);
    const updated = this.#machines.update(request);
    return { ...updated, ...this.#publishIfAsked(request.stateMachineArn, request) };
  }

  /** Publishes a machine as it stands. */
  publish(request: PublishVersionRequest) {
    const { arn, created } = this.#versions.publish(request);
    return { stateMachineVersionArn: arn, creationDate: seconds(created) };
  }

  /** Lists the versions of a machine. */
  listVersions(request: Parameters<Versions["list"]>[0]) {
    return this.#versions.list(request);
  }

  /** Describes a machine or a version of one. */
  describe({ stateMachineArn: arn, includedData }: { stateMachineArn: string; includedData?: string }): unknown {
    const version = this.#versions.get(arn);
    if (version === undefined) return describeMachine(this.#machines.find(arn), includedData);
    const { machine, description, created } = version;
    return {
      ...describeMachine({ ...machine, arn, created }, includedData),
      ...(description === undefined ? {} : { description }),
    };
  }

  /** Forgets a machine with its versions and aliases. */
  delete(request: { readonly stateMachineArn: string }): void {
    this.aliases.forget(request.stateMachineArn);
    this.#versions.forget(request.stateMachineArn);
    this.#machines.delete(request);
  }

  /** Finds what the ARN of a machine, a version or an alias starts. */
  resolve(arn: string): StartTarget {
    checkArn(arn, "stateMachine");
    if (this.aliases.has(arn)) {
      const version = this.aliases.route(arn);
      return { machine: version.machine, versionArn: version.arn, aliasArn: arn };
    }
    const version = this.#versions.get(arn);
    if (version !== undefined) return { machine: version.machine, versionArn: version.arn };
    return { machine: this.#machines.find(arn) };
  }

  #publishIfAsked(stateMachineArn: string, request: { publish?: boolean; versionDescription?: string }) {
    const { publish, versionDescription: description } = request;
    if (publish !== true) return {};
    const { arn } = this.#versions.publish({ stateMachineArn, ...(description === undefined ? {} : { description }) });
    return { stateMachineVersionArn: arn };
  }
}
