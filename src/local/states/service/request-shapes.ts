import type { Shape } from "../../shapes.js";

/*
 * Lengths and enums of the requests that the local Step Functions takes.
 * Source: boto/botocore, data/stepfunctions/2016-11-23/service-2.json.
 */

const text = (bounds: { readonly min?: number; readonly max?: number } = {}): Shape => ({ kind: "string", ...bounds });
const oneOf = (...values: readonly string[]): Shape => ({ kind: "enum", values });
const integer = (min: number, max: number): Shape => ({ kind: "number", integer: true, min, max });
const boolean: Shape = { kind: "boolean" };
const structure = (members: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape => ({
  kind: "structure",
  members,
  required,
});

const arn = text({ min: 1, max: 256 });
const name = text({ min: 1, max: 80 });
const definition = text({ min: 1, max: 1_048_576 });
/** Larger inputs are answered with InvalidExecutionInput, which names the limit. */
const input = text();
const type = oneOf("STANDARD", "EXPRESS");
const pageSize = integer(0, 1000);
const nextToken = text({ min: 1, max: 3096 });
const includedData = oneOf("ALL_DATA", "METADATA_ONLY");
const mapRunArn = text({ min: 1, max: 2000 });
const tags: Shape = {
  kind: "list",
  of: structure({ key: text({ min: 1, max: 128 }), value: text({ max: 256 }) }),
};
const loggingConfiguration = structure({
  level: oneOf("ALL", "ERROR", "FATAL", "OFF"),
  includeExecutionData: boolean,
});
const tracingConfiguration = structure({ enabled: boolean });
const taskToken = text({ min: 1, max: 2048 });
const description = text({ max: 256 });
const configuration = { loggingConfiguration, tracingConfiguration, publish: boolean, versionDescription: description };
const pages = { maxResults: pageSize, nextToken: text({ min: 1, max: 1024 }) };
const routingConfiguration: Shape = {
  kind: "list",
  of: structure({ stateMachineVersionArn: arn, weight: integer(0, 100) }, "stateMachineVersionArn", "weight"),
  min: 1,
  max: 2,
};
const aliasName: Shape = {
  kind: "string",
  min: 1,
  max: 80,
  pattern: /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/,
};

/** Shapes of the requests, by operation. @internal */
export const requestShapes = {
  CreateStateMachine: structure(
    { name, definition, roleArn: arn, type, tags, ...configuration },
    "name",
    "definition",
    "roleArn",
  ),
  UpdateStateMachine: structure(
    { stateMachineArn: arn, definition, roleArn: arn, ...configuration },
    "stateMachineArn",
  ),
  DescribeStateMachine: structure({ stateMachineArn: arn, includedData }, "stateMachineArn"),
  ListStateMachines: structure(pages),
  PublishStateMachineVersion: structure({ stateMachineArn: arn, revisionId: text(), description }, "stateMachineArn"),
  ListStateMachineVersions: structure({ stateMachineArn: arn, ...pages }, "stateMachineArn"),
  DeleteStateMachineVersion: structure({ stateMachineVersionArn: arn }, "stateMachineVersionArn"),
  CreateStateMachineAlias: structure(
    { name: aliasName, description, routingConfiguration },
    "name",
    "routingConfiguration",
  ),
  UpdateStateMachineAlias: structure(
    { stateMachineAliasArn: arn, description, routingConfiguration },
    "stateMachineAliasArn",
  ),
  DescribeStateMachineAlias: structure({ stateMachineAliasArn: arn }, "stateMachineAliasArn"),
  ListStateMachineAliases: structure({ stateMachineArn: arn, ...pages }, "stateMachineArn"),
  DeleteStateMachineAlias: structure({ stateMachineAliasArn: arn }, "stateMachineAliasArn"),
  DeleteStateMachine: structure({ stateMachineArn: arn }, "stateMachineArn"),
  ValidateStateMachineDefinition: structure(
    { definition, type, severity: oneOf("ERROR", "WARNING"), maxResults: integer(0, 100) },
    "definition",
  ),
  TestState: structure(
    {
      definition,
      roleArn: arn,
      input,
      inspectionLevel: oneOf("INFO", "DEBUG", "TRACE"),
      revealSecrets: boolean,
      variables: text({ max: 262_144 }),
      stateName: name,
      mock: structure({
        result: text({ max: 262_144 }),
        errorOutput: structure({ error: text({ max: 256 }), cause: text({ max: 32_768 }) }),
        fieldValidationMode: oneOf("STRICT", "PRESENT", "NONE"),
      }),
      context: text({ max: 262_144 }),
      stateConfiguration: structure({
        retrierRetryCount: integer(0, Number.MAX_SAFE_INTEGER),
        errorCausedByState: name,
        mapIterationFailureCount: integer(0, Number.MAX_SAFE_INTEGER),
        mapItemReaderData: text({ max: 1_048_576 }),
      }),
    },
    "definition",
  ),
  StartExecution: structure({ stateMachineArn: arn, name, input, traceHeader: text({ max: 256 }) }, "stateMachineArn"),
  StartSyncExecution: structure(
    { stateMachineArn: arn, name, input, traceHeader: text({ max: 256 }), includedData },
    "stateMachineArn",
  ),
  StopExecution: structure(
    { executionArn: arn, error: text({ max: 256 }), cause: text({ max: 32_768 }) },
    "executionArn",
  ),
  RedriveExecution: structure({ executionArn: arn, clientToken: text({ min: 1, max: 64 }) }, "executionArn"),
  DescribeExecution: structure({ executionArn: arn, includedData }, "executionArn"),
  DescribeStateMachineForExecution: structure({ executionArn: arn, includedData }, "executionArn"),
  ListExecutions: structure({
    stateMachineArn: arn,
    statusFilter: oneOf("SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"),
    maxResults: pageSize,
    nextToken,
    mapRunArn,
    redriveFilter: oneOf("REDRIVEN", "NOT_REDRIVEN"),
  }),
  GetExecutionHistory: structure(
    { executionArn: arn, maxResults: pageSize, reverseOrder: boolean, nextToken, includeExecutionData: boolean },
    "executionArn",
  ),
  CreateActivity: structure({ name, tags }, "name"),
  DescribeActivity: structure({ activityArn: arn }, "activityArn"),
  ListActivities: structure({ maxResults: pageSize, nextToken }),
  DeleteActivity: structure({ activityArn: arn }, "activityArn"),
  GetActivityTask: structure({ activityArn: arn, workerName: name }, "activityArn"),
  SendTaskSuccess: structure({ taskToken, output: text({ max: 262_144 }) }, "taskToken", "output"),
  SendTaskFailure: structure({ taskToken, error: text({ max: 256 }), cause: text({ max: 32_768 }) }, "taskToken"),
  SendTaskHeartbeat: structure({ taskToken }, "taskToken"),
  DescribeMapRun: structure({ mapRunArn }, "mapRunArn"),
  ListMapRuns: structure({ executionArn: arn, maxResults: pageSize, nextToken }, "executionArn"),
  UpdateMapRun: structure(
    {
      mapRunArn,
      maxConcurrency: { kind: "number", integer: true, min: 0 },
      toleratedFailurePercentage: { kind: "number", integer: false, min: 0, max: 100 },
      toleratedFailureCount: { kind: "number", integer: true, min: 0 },
    },
    "mapRunArn",
  ),
  TagResource: structure({ resourceArn: arn, tags }, "resourceArn", "tags"),
  UntagResource: structure(
    { resourceArn: arn, tagKeys: { kind: "list", of: text({ min: 1, max: 128 }) } },
    "resourceArn",
    "tagKeys",
  ),
  ListTagsForResource: structure({ resourceArn: arn }, "resourceArn"),
} as const satisfies Readonly<Record<string, Shape>>;

/** The operations of the local Step Functions. @internal */
export type StatesOperation = keyof typeof requestShapes;
