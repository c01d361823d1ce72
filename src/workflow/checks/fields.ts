import type { QueryLanguage } from "../definition/asl-types.js";
import { error, type ValidationIssue } from "./issue.js";
import { pointer, type ScopeVisit, type StateVisit } from "./visit.js";

interface FieldTable {
  readonly both: readonly string[];
  readonly JSONPath: readonly string[];
  readonly JSONata: readonly string[];
}

const COMMON: FieldTable = { both: ["Type", "Comment", "QueryLanguage"], JSONPath: [], JSONata: [] };
const DATA: FieldTable = { both: ["Assign"], JSONPath: ["InputPath", "OutputPath"], JSONata: ["Output"] };
const MOVE: FieldTable = { both: ["Next", "End"], JSONPath: [], JSONata: [] };
const ERRORS: FieldTable = { both: ["Retry", "Catch"], JSONPath: [], JSONata: [] };
const RESULT: FieldTable = {
  both: [],
  JSONPath: ["Parameters", "ResultSelector", "ResultPath"],
  JSONata: ["Arguments"],
};
const TOLERATED = ["ToleratedFailurePercentage", "ToleratedFailureCount"];
const DISTRIBUTED = ["Label", "ItemReader", "ItemBatcher", "ResultWriter"];

/** Fields by state type. Source: Amazon States Language specification and its JSONata additions. */
const STATE_FIELDS: Readonly<Record<string, FieldTable>> = {
  Task: join(COMMON, DATA, MOVE, ERRORS, RESULT, {
    both: ["Resource", "TimeoutSeconds", "HeartbeatSeconds", "Credentials"],
    JSONPath: ["TimeoutSecondsPath", "HeartbeatSecondsPath"],
    JSONata: [],
  }),
  Pass: join(COMMON, DATA, MOVE, { both: [], JSONPath: ["Parameters", "Result", "ResultPath"], JSONata: [] }),
  Choice: join(COMMON, DATA, { both: ["Choices", "Default"], JSONPath: [], JSONata: [] }),
  Wait: join(COMMON, DATA, MOVE, {
    both: ["Seconds", "Timestamp"],
    JSONPath: ["SecondsPath", "TimestampPath"],
    JSONata: [],
  }),
  Succeed: join(COMMON, { ...DATA, both: [] }),
  Fail: join(COMMON, { both: ["Error", "Cause"], JSONPath: ["ErrorPath", "CausePath"], JSONata: [] }),
  Parallel: join(COMMON, DATA, MOVE, ERRORS, RESULT, { both: ["Branches"], JSONPath: [], JSONata: [] }),
  Map: join(COMMON, DATA, MOVE, ERRORS, RESULT, {
    both: ["ItemProcessor", "Iterator", "ItemSelector", "MaxConcurrency", ...TOLERATED, ...DISTRIBUTED],
    JSONPath: ["ItemsPath", "MaxConcurrencyPath", "ToleratedFailurePercentagePath", "ToleratedFailureCountPath"],
    JSONata: ["Items"],
  }),
};

const SCOPE_FIELDS: Readonly<Record<ScopeVisit["kind"], readonly string[]>> = {
  machine: ["Comment", "StartAt", "States", "Version", "QueryLanguage", "TimeoutSeconds"],
  branch: ["Comment", "StartAt", "States", "QueryLanguage"],
  processor: ["Comment", "StartAt", "States", "QueryLanguage", "ProcessorConfig"],
};

function join(...tables: readonly FieldTable[]): FieldTable {
  return {
    both: tables.flatMap(({ both }) => both),
    JSONPath: tables.flatMap(({ JSONPath }) => JSONPath),
    JSONata: tables.flatMap(({ JSONata }) => JSONata),
  };
}

/** Checks that a scope has no field of its own invention. @internal */
export function checkScopeFields(scope: ScopeVisit): readonly ValidationIssue[] {
  const known = SCOPE_FIELDS[scope.kind];
  return Object.keys(scope.definition)
    .filter((field) => !known.includes(field))
    .map((field) =>
      error(
        pointer(scope.path, field),
        "FIELD_UNKNOWN",
        `"${field}" is no field of a ${scope.kind === "machine" ? "state machine" : "nested workflow"}.`,
        `Remove it, or use one of ${known.join(", ")}.`,
      ),
    );
}

/** Checks that a state has a known type, only fields of that type, and only those of its query language. @internal */
export function checkStateFields({ name, path, state, queryLanguage }: StateVisit): readonly ValidationIssue[] {
  const type = state["Type"];
  const table = typeof type === "string" && Object.hasOwn(STATE_FIELDS, type) ? STATE_FIELDS[type] : undefined;
  if (table === undefined) {
    const remedy = `Set Type to one of ${Object.keys(STATE_FIELDS).join(", ")}.`;
    const found = typeof type === "string" ? `"${type}"` : "not given";
    return [error(pointer(path, "Type"), "STATE_TYPE_UNKNOWN", `The type of state "${name}" is ${found}.`, remedy)];
  }
  const other: QueryLanguage = queryLanguage === "JSONPath" ? "JSONata" : "JSONPath";
  return Object.keys(state).flatMap((field) => {
    if (table.both.includes(field) || table[queryLanguage].includes(field)) return [];
    if (table[other].includes(field)) {
      return error(
        pointer(path, field),
        "FIELD_OF_OTHER_QUERY_LANGUAGE",
        `State "${name}" is written in ${queryLanguage}, and "${field}" belongs to ${other}.`,
        `Use ${queryLanguage}'s own fields, or set QueryLanguage to "${other}".`,
      );
    }
    const known = [...table.both, ...table[queryLanguage]].join(", ");
    return error(
      pointer(path, field),
      "FIELD_UNKNOWN",
      `"${field}" is no field of a ${String(type)} state.`,
      `Remove it from "${name}", or use one of ${known}.`,
    );
  });
}

/** Fields that only a distributed map may have. @internal */
export const DISTRIBUTED_MAP_FIELDS: readonly string[] = [
  ...DISTRIBUTED,
  ...TOLERATED,
  ...TOLERATED.map((field) => `${field}Path`),
];
