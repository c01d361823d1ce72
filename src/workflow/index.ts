/**
 * Step Functions workflows as typed values: build a definition from steps that fit, check it, deploy it and run it.
 * Import it where a workflow is written or started; the Lambda functions themselves need only `scones-ml/inference`.
 *
 * @module workflow
 */

export { type CheckDefinitionOptions, checkDefinition } from "./checks/check-definition.js";
export type { ValidationIssue, ValidationIssueCode } from "./checks/issue.js";
export type { CloudFormationOptions, TemplateTrigger } from "./cloudformation/template-options.js";
export type {
  CloudFormationOutput,
  CloudFormationParameter,
  CloudFormationResource,
  CloudFormationTemplate,
} from "./cloudformation/template-types.js";
export { toCloudFormation } from "./cloudformation/to-cloud-formation.js";
export type {
  Catcher,
  ChoiceRule,
  ChoiceState,
  ErrorHandling,
  FailState,
  ItemProcessor,
  MapState,
  ParallelState,
  PassState,
  QueryLanguage,
  Reshaping,
  Retrier,
  State,
  StateBase,
  StateMachineDefinition,
  StateScope,
  SucceedState,
  TaskState,
  Transition,
  WaitState,
} from "./definition/asl-types.js";
export {
  allOf,
  anyOf,
  type Comparison,
  type Condition,
  type ConditionContent,
  isPresent,
  not,
  type TypeOfLiteral,
  when,
} from "./definition/data/condition.js";
export {
  type AllOf,
  type Allowing,
  type Containing,
  type DataPath,
  from,
  fromContext,
  fromItem,
  fromResult,
  type InputReference,
  type Reference,
  type ReferenceContent,
  type ReferenceRoot,
  type ResultReference,
  textOf,
  type VariableRoot,
} from "./definition/data/reference.js";
export type { NeedsInside, Template, Templated, TemplateNeeds, TemplateObject } from "./definition/data/template.js";
export { LAMBDA_RETRY, SAGEMAKER_RETRY } from "./definition/retries.js";
export {
  type BuildStateMachineOptions,
  buildStateMachine,
  type StateMachineOptions,
} from "./definition/state-machine.js";
export type { Step, StepContext, StepInput, StepOutput, TaskFailure } from "./definition/step.js";
export { chain } from "./definition/steps/chain.js";
export { type ChoiceOptions, type ChoiceWay, choice, type WayNeeds } from "./definition/steps/choice.js";
export {
  type DistributedMapOptions,
  distributedMap,
  type ItemBatch,
  type MapRunResult,
  type ToleratedFailures,
} from "./definition/steps/distributed-map.js";
export type { FailureNotice } from "./definition/steps/failure-notice.js";
export type { ItemSource, NameOrReference } from "./definition/steps/item-source.js";
export {
  type LambdaTaskOptions,
  lambdaTask,
  type StepHandler,
  type StepResult,
} from "./definition/steps/lambda-task.js";
export { type MapOverOptions, type MapSelectedOptions, mapOver } from "./definition/steps/map-over.js";
export { type ParallelOptions, type ParallelOutputs, parallel } from "./definition/steps/parallel.js";
export { type RepeatUntilOptions, repeatUntil } from "./definition/steps/repeat-until.js";
export { type SageMakerRequests, type SageMakerTaskOptions, sageMakerTask } from "./definition/steps/sagemaker-task.js";
export { type ServiceTaskOptions, serviceTask } from "./definition/steps/service-task.js";
export {
  type FailOptions,
  fail,
  type PassOptions,
  pass,
  type SimpleStateOptions,
  succeed,
  type WaitOptions,
  wait,
} from "./definition/steps/simple-states.js";
export type { TaskOutput, WithFailure, WorkOptions } from "./definition/task-state.js";
export { readExecution } from "./execution/read-execution.js";
export { type ExecutionResult, type RunExecutionOptions, runExecution } from "./execution/run-execution.js";
export { runMany } from "./execution/run-many.js";
export type { ManyExecutionResult, RunManyOptions, RunManyProgressEvent } from "./execution/run-many-options.js";
export type { ExecutionProgressEvent } from "./execution/wait-for-end.js";
export { type BuildTriggerOptions, buildTrigger, type Trigger, type TriggerTarget } from "./machine/build-trigger.js";
export { type DeleteStateMachineOptions, deleteStateMachine } from "./machine/delete-state-machine.js";
export type {
  DeployStateMachineOptions,
  StateMachineAlias,
  StateMachineLogging,
  StateMachineProgressEvent,
} from "./machine/deploy-options.js";
export { type DeployedStateMachine, deployStateMachine } from "./machine/deploy-state-machine.js";
export type { EventPattern, InputTransformer } from "./machine/upload-event.js";
export { buildExecutionPolicy, type ExecutionPolicyOptions, findPolicyGaps } from "./policy/build-execution-policy.js";
export type { PolicyDocument, PolicyStatement } from "./policy/policy-document.js";
export type { PolicyGap, PolicyGapCode } from "./policy/policy-gap.js";
export {
  buildHandlerPolicies,
  buildTrainingRolePolicy,
  type HandlerPolicies,
  type HandlerPoliciesOptions,
  type RolePolicyPlace,
  type TrainingRolePolicyOptions,
} from "./policy/role-policies.js";
export type { ExecutionTrace, StateRun, TraceStatus } from "./render/execution-trace.js";
export { type RenderWorkflowOptions, renderWorkflow } from "./render/render-workflow.js";
export { renderWorkflowMermaid } from "./render/render-workflow-mermaid.js";
export { DefinitionError, ExecutionFailedError, ExecutionOutputError, StateMachineError } from "./workflow-errors.js";
export {
  type BatchFunctions,
  type BuildBatchWorkflowOptions,
  buildBatchWorkflow,
} from "./workflows/batch-workflow.js";
export type { ImageFailures } from "./workflows/image-steps.js";
export {
  type BuildInferenceWorkflowOptions,
  buildInferenceWorkflow,
  type InferenceFunctions,
} from "./workflows/inference-workflow.js";
export type { ReadyWorkflowOptions } from "./workflows/ready-workflow.js";
export type { EndpointPlan } from "./workflows/training/endpoint-plan.js";
export {
  type BuildTrainingWorkflowOptions,
  buildTrainingWorkflow,
  type TrainingFunctions,
} from "./workflows/training-workflow.js";
