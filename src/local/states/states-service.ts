import { sleep as realSleep } from "../../core/abort.js";
import type { FunctionRegistry } from "../functions.js";
import { Inbox } from "../inbox.js";
import { checkRequest, createJsonService } from "../json-service.js";
import { createMemoryRecords, type Records } from "../kept/records.js";
import type { PublishedEvent } from "../published-event.js";
import type { PublishedMessage } from "../published-message.js";
import type { WireRequest, WireService } from "../wire.js";
import { type Clock, startRealTimer } from "./clock.js";
import type { ItemStore } from "./item-store.js";
import { Activities } from "./service/activities.js";
import type { CreateAliasRequest } from "./service/aliases.js";
import type { KnownExecution } from "./service/execution-record.js";
import type { StartExecutionRequest } from "./service/execution-requests.js";
import { Executions } from "./service/executions.js";
import type { UpdateMapRunRequest } from "./service/map-runs.js";
import type { PastExecutions } from "./service/past-executions.js";
import { PublishedMachines } from "./service/published-machines.js";
import { requestShapes, type StatesOperation } from "./service/request-shapes.js";
import {
  type CreateStateMachineRequest,
  StateMachines,
  type Tag,
  type UpdateStateMachineRequest,
} from "./service/state-machines.js";
import { statesError } from "./service/states-error.js";
import { Tags } from "./service/tags.js";
import { sendTaskFailure, sendTaskSuccess } from "./service/task-callbacks.js";
import { type TestStateRequest, testState } from "./service/test-state.js";
import { createTaskIntegrations } from "./tasks/create-task-integrations.js";
import { holdTimeInFunctions, holdTimeInTasks } from "./tasks/hold-time.js";
import type { SdkClients } from "./tasks/sdk-services.js";
import type { TaskIntegration } from "./tasks/task-integration.js";
import { TaskTokens } from "./tasks/task-tokens.js";

/** What the local Step Functions needs. @internal */
export interface StatesServiceOptions {
  /** Functions that Task states can invoke. */
  readonly functions: FunctionRegistry;
  /** Where Distributed Maps read items from and write results to; without it they reach no S3. */
  readonly items?: ItemStore;
  /** Further resources of Task states; they come before Lambda's. */
  readonly integrations?: readonly TaskIntegration[];
  /** Clients of the other services, for tasks that call them; asked for when the first one does. */
  readonly sdkClients?: () => SdkClients;
  /** Receives what tasks publish to topics. */
  readonly inbox?: Inbox<PublishedMessage>;
  /** Receives what tasks send to event buses. */
  readonly eventInbox?: Inbox<PublishedEvent>;
  /** Region of every ARN. */
  readonly region: string;
  /** Account of every ARN. */
  readonly accountId: string;
  /** The clock. */
  readonly now: () => Date;
  /** Waits; a real timer where absent. */
  readonly sleep?: Clock["sleep"];
  /** Draws jitter and random numbers; `Math.random` where absent. */
  readonly random?: Clock["random"];
  /** Holds a virtual time. */
  readonly hold?: Clock["hold"];
  /** What keeps machines, activities and tags; memory alone where absent. */
  readonly records?: Records;
  /** The executions of an earlier process, and what keeps these; memory alone where absent. */
  readonly past?: PastExecutions | undefined;
}

/** The local Step Functions. @internal */
export interface StatesService {
  /** Answers requests in AWS JSON 1.0. */
  readonly service: WireService;
  /** Does what StartExecution does, waits for the end of the execution, and stops it when the signal fires before. */
  readonly runExecution: (request: StartExecutionRequest, signal?: AbortSignal) => Promise<KnownExecution>;
  /** Stops all executions; no timer is left. */
  close(): Promise<void>;
}

/** A definition of 1 MiB takes twice that as JSON text when everything in it has to be escaped. */
const MAX_REQUEST_BYTES = 4_194_304;
const refuse = (message: string) => statesError("ValidationException", message);

type TaskOperation =
  | "CreateActivity"
  | "DescribeActivity"
  | "ListActivities"
  | "DeleteActivity"
  | "GetActivityTask"
  | "SendTaskSuccess"
  | "SendTaskFailure"
  | "SendTaskHeartbeat";
type PublishOperation =
  | "PublishStateMachineVersion"
  | "ListStateMachineVersions"
  | "DeleteStateMachineVersion"
  | "CreateStateMachineAlias"
  | "UpdateStateMachineAlias"
  | "DescribeStateMachineAlias"
  | "ListStateMachineAliases"
  | "DeleteStateMachineAlias";
type Operations = Readonly<Record<StatesOperation, (input: unknown, request: WireRequest) => unknown>>;

/**
 * Makes the local Step Functions: machines are checked when they are made, executions really run.
 *
 * @param options - See {@link StatesServiceOptions}.
 * @returns The service and its end.
 * @throws {@link LocalOperationError} `LOCAL_OPERATION_UNSUPPORTED`, by the service, for an operation that it lacks.
 * @internal
 */
export function createStatesService(options: StatesServiceOptions): StatesService {
  const { functions, integrations = [], region, accountId, now, sleep = realSleep, random = Math.random } = options;
  const { inbox = new Inbox<PublishedMessage>(), eventInbox = new Inbox<PublishedEvent>() } = options;
  const { sdkClients, items, past, records = createMemoryRecords(), hold } = options;
  const place = { region, accountId };
  const timers = options.sleep === undefined ? { startTimer: startRealTimer } : {};
  const clock: Clock = { now, sleep, random, ...timers, ...(hold === undefined ? {} : { hold }) };
  const closing = new AbortController();
  const tokens = new TaskTokens();
  const activities = new Activities(place, now, records);
  const tasks = createTaskIntegrations({
    functions: holdTimeInFunctions(functions, clock),
    tokens,
    activities,
    executions: () => executions,
    sdkClients,
    inbox,
    eventInbox,
    closing: closing.signal,
  });
  const held = [...integrations, ...tasks].map((integration) => holdTimeInTasks(integration, clock));
  const machines = new StateMachines({ ...place, now, records, integrations: held });
  const published = new PublishedMachines(machines, clock, records);
  const executions = new Executions({ ...place, clock, machines, published, items, past });
  const tags = new Tags((arn) => machines.has(arn) || activities.has(arn), records);
  const test = (request: TestStateRequest, signal: AbortSignal = closing.signal) =>
    testState(request, { place, clock, integrations: held, signal: AbortSignal.any([signal, closing.signal]) });
  const operations = {
    ...createOperations(machines, published, executions, tags, test),
    ...createPublishOperations(published),
    ...createTaskOperations(activities, tokens, tags),
  };
  return {
    service: createJsonService({
      name: "states",
      targetPrefix: "AWSStepFunctions.",
      shapes: requestShapes,
      operations,
      refuse,
      maxRequestBytes: MAX_REQUEST_BYTES,
      version: "1.0",
    }),
    async runExecution(request, signal) {
      checkRequest(requestShapes.StartExecution, request, refuse);
      return executions.runToEnd(request, signal);
    },
    async close() {
      closing.abort(statesError("ValidationException", "The local AWS was closed; create another one."));
      activities.close();
      await executions.close();
    },
  };
}

/** The shapes are checked before an operation runs, which is what the casts stand on. */
function createOperations(
  machines: StateMachines,
  published: PublishedMachines,
  executions: Executions,
  tags: Tags,
  test: (request: TestStateRequest, signal?: AbortSignal) => Promise<unknown>,
): Omit<Operations, TaskOperation | PublishOperation> {
  type Machine = { readonly stateMachineArn: string };
  type Run = { readonly executionArn: string };
  type Resource = { readonly resourceArn: string };
  return {
    CreateStateMachine(input) {
      const request = input as CreateStateMachineRequest;
      return published.create(request, (arn) => tags.create(arn, request.tags));
    },
    UpdateStateMachine: (input) => published.update(input as UpdateStateMachineRequest),
    DescribeStateMachine: (input) => published.describe(input as Machine),
    ListStateMachines: (input) => machines.list(input as object),
    DeleteStateMachine(input) {
      const request = input as Machine;
      published.delete(request);
      tags.forget(request.stateMachineArn);
    },
    ValidateStateMachineDefinition: (input) => machines.validate(input as { definition: string }),
    TestState: (input, { signal }) => test(input as TestStateRequest, signal),
    StartExecution: (input) => executions.start(input as StartExecutionRequest),
    StartSyncExecution: (input, { signal }) => executions.startSync(input as StartExecutionRequest, signal),
    StopExecution: (input) => executions.stop(input as Run),
    RedriveExecution: (input) => executions.redrive(input as Run),
    DescribeExecution: (input) => executions.describe(input as Run),
    DescribeStateMachineForExecution: (input) => executions.describeMachine(input as Run),
    ListExecutions: (input) => executions.list(input as object),
    GetExecutionHistory: (input) => executions.history(input as Run),
    DescribeMapRun: (input) => executions.mapRuns.describe(input as { mapRunArn: string }),
    ListMapRuns: (input) => executions.listMapRuns(input as Run),
    UpdateMapRun: (input) => executions.mapRuns.update(input as UpdateMapRunRequest),
    TagResource: (input) => tags.add(input as Resource & { tags: readonly Tag[] }),
    UntagResource: (input) => tags.remove(input as Resource & { tagKeys: readonly string[] }),
    ListTagsForResource: (input) => tags.list(input as Resource),
  };
}

/** The operations of versions and aliases; the casts stand on the same check. */
function createPublishOperations(published: PublishedMachines): Pick<Operations, PublishOperation> {
  const { aliases } = published;
  type Machine = { readonly stateMachineArn: string };
  type Alias = { readonly stateMachineAliasArn: string };
  return {
    PublishStateMachineVersion: (input) => published.publish(input as Machine),
    ListStateMachineVersions: (input) => published.listVersions(input as Machine),
    DeleteStateMachineVersion: (input) => aliases.deleteVersion(input as { stateMachineVersionArn: string }),
    CreateStateMachineAlias: (input) => aliases.create(input as CreateAliasRequest),
    UpdateStateMachineAlias: (input) => aliases.update(input as Alias),
    DescribeStateMachineAlias: (input) => aliases.describe(input as Alias),
    ListStateMachineAliases: (input) => aliases.list(input as Machine),
    DeleteStateMachineAlias: (input) => aliases.delete(input as Alias),
  };
}

/** The operations of those who do the work of tasks; the casts stand on the same check. */
function createTaskOperations(activities: Activities, tokens: TaskTokens, tags: Tags): Pick<Operations, TaskOperation> {
  type Activity = { readonly activityArn: string };
  type Token = { readonly taskToken: string };
  return {
    CreateActivity(input) {
      const request = input as { readonly name: string; readonly tags?: readonly Tag[] };
      return activities.create(request, (arn) => tags.create(arn, request.tags));
    },
    DescribeActivity: (input) => activities.describe(input as Activity),
    ListActivities: (input) => activities.list(input as object),
    DeleteActivity(input) {
      const request = input as Activity;
      activities.delete(request);
      tags.forget(request.activityArn);
    },
    GetActivityTask: (input, { signal }) => activities.getTask(input as Activity, signal),
    SendTaskSuccess: (input) => sendTaskSuccess(tokens, input as Token & { output: string }),
    SendTaskFailure: (input) => sendTaskFailure(tokens, input as Token),
    SendTaskHeartbeat: (input) => tokens.heartbeat((input as Token).taskToken),
  };
}
