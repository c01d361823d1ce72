import { randomUUID } from "node:crypto";
import * as z from "zod";
import { dateSchema } from "../../kept/kept-schemas.js";
import type { Collection, Records } from "../../kept/records.js";
import type { DefinitionFinding } from "../definition/findings.js";
import type { Machine } from "../definition/model.js";
import { parseDefinition } from "../definition/parse-definition.js";
import { expressIntegrations, type TaskIntegration } from "../tasks/task-integration.js";
import { type ArnPlace, checkArn, checkName, checkRoleArn, stateMachineArn } from "./arns.js";
import { takePage } from "./paging.js";
import { namedError, statesError } from "./states-error.js";

/** Type of a machine. @internal */
export type MachineType = "STANDARD" | "EXPRESS";

interface LoggingConfiguration {
  readonly level?: string;
  readonly destinations?: readonly unknown[];
}

interface Configuration {
  readonly loggingConfiguration?: LoggingConfiguration;
  readonly tracingConfiguration?: object;
  readonly publish?: boolean;
  readonly versionDescription?: string;
}

/** A CreateStateMachine request after its shape was checked. @internal */
export interface CreateStateMachineRequest extends Configuration {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly type?: MachineType;
  readonly tags?: readonly Tag[];
}

/** An UpdateStateMachine request after its shape was checked. @internal */
export interface UpdateStateMachineRequest extends Configuration {
  readonly stateMachineArn: string;
  readonly definition?: string;
  readonly roleArn?: string;
}

/** A tag. @internal */
export interface Tag {
  readonly key?: string;
  readonly value?: string;
}

/** A machine as it stands; an update replaces it, so that running executions keep theirs. @internal */
export interface StateMachineRecord {
  readonly arn: string;
  readonly name: string;
  readonly type: MachineType;
  readonly definition: string;
  readonly machine: Machine;
  readonly roleArn: string;
  readonly loggingConfiguration: unknown;
  readonly tracingConfiguration: unknown;
  readonly created: Date;
  readonly updated: Date;
  readonly revisionId: string | undefined;
}

/** What the machines need. @internal */
export interface StateMachinesOptions extends ArnPlace {
  readonly integrations: readonly TaskIntegration[];
  readonly now: () => Date;
  /** What keeps them. */
  readonly records: Records;
}

const KeptMachineSchema = z.object({
  arn: z.string(),
  name: z.string(),
  type: z.enum(["STANDARD", "EXPRESS"]),
  definition: z.string(),
  roleArn: z.string(),
  loggingConfiguration: z.unknown(),
  tracingConfiguration: z.unknown(),
  created: dateSchema,
  updated: dateSchema,
  revisionId: z.string().optional(),
});

const MAX_SHOWN_FINDINGS = 10;
const NO_LOGS = { level: "OFF", includeExecutionData: false };
const NO_TRACES = { enabled: false };

/** The state machines of the local AWS; each definition is read once. @internal */
export class StateMachines {
  /** How a machine is kept; its definition is parsed when it is read. */
  readonly keptSchema: z.ZodType<StateMachineRecord>;
  readonly #options: StateMachinesOptions;
  readonly #machines: Collection<StateMachineRecord>;

  /** @param options - See {@link StateMachinesOptions}. */
  constructor(options: StateMachinesOptions) {
    this.#options = options;
    this.keptSchema = z.codec(KeptMachineSchema, z.custom<StateMachineRecord>(), {
      decode: ({ revisionId, ...kept }) => ({ ...kept, revisionId, machine: this.#parse(kept.definition, kept.type) }),
      encode: (record) => record,
    });
    this.#machines = options.records("state-machines", this.keptSchema);
  }

  /**
   * Makes a machine; the same request again changes nothing.
   *
   * @param request - The request.
   * @param prepare - Keeps what belongs to a new machine, before the machine itself is kept.
   */
  create(
    request: CreateStateMachineRequest,
    prepare: (arn: string) => void = () => {},
  ): { readonly stateMachineArn: string; readonly creationDate: number } {
    const { name, definition, roleArn, type = "STANDARD" } = request;
    checkName(name);
    checkRoleArn(roleArn);
    const machine = this.#parse(definition, type);
    const arn = stateMachineArn(this.#options, name);
    const configuration = {
      loggingConfiguration: readLogging(request.loggingConfiguration),
      tracingConfiguration: { ...NO_TRACES, ...request.tracingConfiguration },
    };
    const existing = this.#machines.get(arn);
    if (existing !== undefined) {
      const { loggingConfiguration, tracingConfiguration } = existing;
      const isSame =
        existing.definition === definition &&
        existing.type === type &&
        JSON.stringify({ loggingConfiguration, tracingConfiguration }) === JSON.stringify(configuration);
      if (!isSame) throw namedError("StateMachineAlreadyExists", arn);
      return { stateMachineArn: arn, creationDate: seconds(existing.created) };
    }
    const created = this.#options.now();
    const base = { arn, name, type, definition, machine, roleArn, created, updated: created, revisionId: undefined };
    prepare(arn);
    this.#machines.set(arn, { ...base, ...configuration });
    return { stateMachineArn: arn, creationDate: seconds(created) };
  }

  /** Changes a machine; executions that run keep the definition they were started with. */
  update(request: UpdateStateMachineRequest): { readonly updateDate: number; readonly revisionId?: string } {
    const { stateMachineArn: arn, definition, roleArn } = request;
    const existing = this.find(arn);
    const { loggingConfiguration, tracingConfiguration } = request;
    const changes = [definition, roleArn, loggingConfiguration, tracingConfiguration];
    if (changes.every((change) => change === undefined)) {
      throw statesError(
        "MissingRequiredParameter",
        "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
      );
    }
    if (roleArn !== undefined) checkRoleArn(roleArn);
    const updated = this.#options.now();
    const isSame = changes
      .slice(0, 2)
      .every((change, index) => change === undefined || change === [existing.definition, existing.roleArn][index]);
    const revisionId = isSame ? existing.revisionId : randomUUID();
    this.#machines.set(arn, {
      ...existing,
      ...(definition === undefined ? {} : { definition, machine: this.#parse(definition, existing.type) }),
      roleArn: roleArn ?? existing.roleArn,
      loggingConfiguration:
        loggingConfiguration === undefined ? existing.loggingConfiguration : readLogging(loggingConfiguration),
      tracingConfiguration: tracingConfiguration ?? existing.tracingConfiguration,
      updated,
      revisionId,
    });
    return { updateDate: seconds(updated), ...(revisionId === undefined ? {} : { revisionId }) };
  }

  /** Lists the machines by name. */
  list(request: { readonly maxResults?: number; readonly nextToken?: string }): unknown {
    const { items, nextToken } = takePage(
      [...this.#machines.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      request,
      "stateMachines",
    );
    const stateMachines = items.map(({ arn, name, type, created }) => ({
      stateMachineArn: arn,
      name,
      type,
      creationDate: seconds(created),
    }));
    return { stateMachines, nextToken };
  }

  /** Forgets a machine; one that is not there is no error. */
  delete({ stateMachineArn: arn }: { readonly stateMachineArn: string }): void {
    checkArn(arn, "stateMachine");
    this.#machines.delete(arn);
  }

  /** Checks a definition without making a machine. */
  validate(request: {
    readonly definition: string;
    readonly type?: MachineType;
    readonly maxResults?: number;
  }): unknown {
    const { definition, type = "STANDARD", maxResults } = request;
    const { findings } = parseDefinition(definition, this.#integrationsOf(type), type);
    const limit = maxResults || 100;
    return {
      result: findings.length === 0 ? "OK" : "FAIL",
      diagnostics: findings.slice(0, limit).map((finding) => ({ severity: "ERROR", ...finding })),
      truncated: findings.length > limit,
    };
  }

  /** Finds a machine by its ARN. */
  find(arn: string): StateMachineRecord {
    checkArn(arn, "stateMachine");
    const record = this.#machines.get(arn);
    if (record === undefined) throw namedError("StateMachineDoesNotExist", arn);
    return record;
  }

  /** Whether there is a machine with this ARN. */
  has(arn: string): boolean {
    return this.#machines.has(arn);
  }

  #integrationsOf(type: MachineType): readonly TaskIntegration[] {
    const { integrations } = this.#options;
    return type === "EXPRESS" ? expressIntegrations(integrations) : integrations;
  }

  #parse(definition: string, type: MachineType): Machine {
    const { machine, findings } = parseDefinition(definition, this.#integrationsOf(type), type);
    if (findings.length > 0) throw namedError("InvalidDefinition", describeFindings(findings));
    return machine;
  }
}

function describeFindings(findings: readonly DefinitionFinding[]): string {
  const shown = findings.slice(0, MAX_SHOWN_FINDINGS);
  return shown.map(({ code, message, location }) => `${code}: ${message} at ${location}`).join(", ");
}

/** AWS wants a place for the logs as soon as there are any. */
function readLogging(given: LoggingConfiguration | undefined): LoggingConfiguration {
  const { level = "OFF", destinations } = given ?? {};
  if ((level !== "OFF" || destinations !== undefined) && destinations?.length !== 1) {
    throw statesError(
      "InvalidLoggingConfiguration",
      "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    );
  }
  return { ...NO_LOGS, ...given };
}

/**
 * Writes a date as the wire has it.
 *
 * @param date - The date.
 * @returns Seconds since 1970.
 * @internal
 */
export function seconds(date: Date): number {
  return date.getTime() / 1000;
}
