import * as z from "zod";
import { dateSchema } from "../../kept/kept-schemas.js";
import type { Collection, Records } from "../../kept/records.js";
import { checkArn } from "./arns.js";
import { takePage } from "./paging.js";
import { type StateMachines, seconds } from "./state-machines.js";
import { statesError } from "./states-error.js";
import { noSuchMachine, type VersionRecord, type Versions } from "./versions.js";

/** Which share of the executions a version gets. @internal */
export interface Route {
  readonly stateMachineVersionArn: string;
  /** Percent. */
  readonly weight: number;
}

/** A CreateStateMachineAlias request after its shape was checked. @internal */
export interface CreateAliasRequest {
  readonly name: string;
  readonly description?: string;
  readonly routingConfiguration: readonly Route[];
}

/** An UpdateStateMachineAlias request after its shape was checked. @internal */
export interface UpdateAliasRequest {
  readonly stateMachineAliasArn: string;
  readonly description?: string;
  readonly routingConfiguration?: readonly Route[];
}

const KeptAliasSchema = z.object({
  arn: z.string(),
  machineArn: z.string(),
  name: z.string(),
  description: z.string().optional(),
  routes: z.array(z.object({ stateMachineVersionArn: z.string(), weight: z.number() })),
  created: dateSchema,
  updated: dateSchema,
});

interface AliasRecord {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly routes: readonly Route[];
  readonly created: Date;
  readonly updated: Date;
}

/** What aliases need. @internal */
export interface AliasesOptions {
  /** The machines. */
  readonly machines: StateMachines;
  /** Their versions. */
  readonly versions: Versions;
  /** Time and chance. */
  readonly clock: { readonly now: () => Date; readonly random: () => number };
  /** What keeps the aliases. */
  readonly records: Records;
}

/** The aliases of the machines' versions. @internal */
export class Aliases {
  readonly #machines: StateMachines;
  readonly #versions: Versions;
  readonly #clock: { readonly now: () => Date; readonly random: () => number };
  readonly #aliases: Collection<AliasRecord>;

  /** @param options - See {@link AliasesOptions}. */
  constructor({ machines, versions, clock, records }: AliasesOptions) {
    this.#aliases = records("state-machine-aliases", KeptAliasSchema as z.ZodType<AliasRecord>);
    this.#machines = machines;
    this.#versions = versions;
    this.#clock = clock;
  }

  /** Makes an alias; the same request again changes nothing. */
  create({ name, description, routingConfiguration: routes }: CreateAliasRequest): unknown {
    const { arn: machineArn } = this.#checkRoutes(routes);
    const arn = `${machineArn}:${name}`;
    const known = this.#aliases.get(arn);
    if (known !== undefined) {
      const isSame = JSON.stringify([known.description, known.routes]) === JSON.stringify([description, routes]);
      if (isSame) return { stateMachineAliasArn: arn, creationDate: seconds(known.created) };
      throw statesError(
        "ConflictException",
        "Failed to create alias because an alias with the same name and a different routing configuration already exists.",
      );
    }
    const created = this.#clock.now();
    this.#aliases.set(arn, { arn, machineArn, name, description, routes, created, updated: created });
    return { stateMachineAliasArn: arn, creationDate: seconds(created) };
  }

  /** Changes an alias. */
  update(request: UpdateAliasRequest): unknown {
    const { description, routingConfiguration: routes } = request;
    const alias = this.#find(request.stateMachineAliasArn);
    if (description === undefined && routes === undefined) {
      throw statesError("ValidationException", "Either the description or the RoutingConfiguration must be specified");
    }
    if (routes !== undefined) this.#checkRoutes(routes);
    const updated = this.#clock.now();
    this.#aliases.set(alias.arn, {
      ...alias,
      description: description ?? alias.description,
      routes: routes ?? alias.routes,
      updated,
    });
    return { updateDate: seconds(updated) };
  }

  /** Describes an alias. */
  describe({ stateMachineAliasArn }: { readonly stateMachineAliasArn: string }): unknown {
    const { arn, name, description, routes, created, updated } = this.#find(stateMachineAliasArn);
    return {
      stateMachineAliasArn: arn,
      name,
      ...(description === undefined ? {} : { description }),
      routingConfiguration: routes,
      creationDate: seconds(created),
      updateDate: seconds(updated),
    };
  }

  /** Lists the aliases of a machine or of one of its versions, oldest first. */
  list(request: { readonly stateMachineArn: string; readonly maxResults?: number; readonly nextToken?: string }) {
    const { stateMachineArn: arn } = request;
    checkArn(arn, "stateMachine");
    if (this.#versions.get(arn) === undefined) this.#machines.find(arn);
    const all = [...this.#aliases.values()].filter((alias) => alias.machineArn === arn || leadsTo(alias, arn));
    const { items, nextToken } = takePage(all, request, `aliases:${arn}`);
    const stateMachineAliases = items.map(({ arn: alias, created }) => ({
      stateMachineAliasArn: alias,
      creationDate: seconds(created),
    }));
    return { stateMachineAliases, nextToken };
  }

  /** Forgets an alias; one that is not there is no error. */
  delete({ stateMachineAliasArn: arn }: { readonly stateMachineAliasArn: string }): void {
    checkArn(arn, "stateMachine");
    this.#aliases.delete(arn);
  }

  /** Forgets all aliases of a machine that was deleted. */
  forget(machineArn: string): void {
    for (const { arn, machineArn: owner } of [...this.#aliases.values()])
      if (owner === machineArn) this.#aliases.delete(arn);
  }

  /** Whether there is an alias with this ARN. */
  has(arn: string): boolean {
    return this.#aliases.has(arn);
  }

  /** Draws the version that an execution of an alias gets. */
  route(arn: string): VersionRecord {
    const { routes } = this.#find(arn);
    let left = this.#clock.random() * 100;
    const drawn = routes.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    const version = (drawn ?? routes[0])?.stateMachineVersionArn ?? "";
    const record = this.#versions.get(version);
    if (record === undefined) throw noSuchMachine(version);
    return record;
  }

  /** Forgets a version, unless an alias leads to it. */
  deleteVersion({ stateMachineVersionArn: arn }: { readonly stateMachineVersionArn: string }): void {
    const names = [...this.#aliases.values()].filter((alias) => leadsTo(alias, arn)).map(({ name }) => name);
    if (names.length > 0) {
      throw statesError(
        "ConflictException",
        `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${names.join(", ")}]`,
      );
    }
    this.#versions.delete(arn);
  }

  /** All routes lead to versions of one machine, and their weights make 100. */
  #checkRoutes(routes: readonly Route[]): { readonly arn: string } {
    const arns = routes.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
    const shown = `Received: [${arns.join(", ")}]`;
    if (arns.some((arn) => !/:\d+$/.test(arn))) {
      throw refuse(`Routing configuration must contain state machine version ARNs. ${shown}`);
    }
    if (new Set(arns).size < arns.length) {
      throw refuse(`Routing configuration must contain distinct state machine version ARNs. ${shown}`);
    }
    const weights = routes.map(({ weight }) => weight);
    if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
      throw refuse(`Sum of routing configuration weights must equal 100. Received: [${weights.join(", ")}]`);
    }
    const machines = new Set<string>();
    for (const arn of arns) {
      checkArn(arn, "stateMachine");
      const version = this.#versions.get(arn);
      if (version === undefined) throw missing();
      machines.add(version.machine.arn);
    }
    const [arn = "", other] = machines;
    if (other !== undefined) throw refuse(`Routing configuration must contain versions of one state machine. ${shown}`);
    return { arn };
  }

  #find(arn: string): AliasRecord {
    checkArn(arn, "stateMachine");
    const alias = this.#aliases.get(arn);
    if (alias === undefined) throw missing();
    return alias;
  }
}

function leadsTo({ routes }: AliasRecord, versionArn: string): boolean {
  return routes.some(({ stateMachineVersionArn }) => stateMachineVersionArn === versionArn);
}

function missing() {
  return statesError("ResourceNotFound", "Request references a resource that does not exist.");
}

function refuse(message: string) {
  return statesError("ValidationException", message);
}
