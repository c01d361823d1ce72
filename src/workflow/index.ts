/**
 * Step Functions workflows as typed values: build a definition from steps that fit, check it, deploy it and run it.
 * Import it where a workflow is written or started; the Lambda functions themselves need only `scones-ml/inference`.
 *
 * @module workflow
 */
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
} from "./asl-types.js";
export { buildExecutionPolicy, type ExecutionPolicyOptions, findPolicyGaps } from "./build-execution-policy.js";
export { chain } from "./chain.js";
export { checkDefinition } from "./check-definition.js";
export type { ValidationIssue, ValidationIssueCode } from "./checks/issue.js";
export { type DeleteStateMachineOptions, deleteStateMachine } from "./delete-state-machine.js";
export {
  type DeployedStateMachine,
  type DeployStateMachineOptions,
  deployStateMachine,
} from "./deploy-state-machine.js";
export type { FailureNotice } from "./failure-notice.js";
export {
  type BuildInferenceWorkflowOptions,
  buildInferenceWorkflow,
  type InferenceFunctions,
} from "./inference-workflow.js";
export { LAMBDA_RETRY } from "./lambda-retry.js";
export { type LambdaTaskOptions, lambdaTask, type TaskFailure } from "./lambda-task.js";
export type { PolicyDocument, PolicyStatement } from "./policy/policy-document.js";
export type { PolicyGap, PolicyGapCode } from "./policy/policy-gap.js";
export {
  buildHandlerPolicies,
  buildTrainingRolePolicy,
  type HandlerPolicies,
  type HandlerPoliciesOptions,
  type RolePolicyPlace,
  type TrainingRolePolicyOptions,
} from "./role-policies.js";
export {
  type ExecutionProgressEvent,
  type ExecutionResult,
  type RunExecutionOptions,
  runExecution,
} from "./run-execution.js";
export { type BuildStateMachineOptions, buildStateMachine, type StateMachineOptions } from "./state-machine.js";
export type { Step, StepContext } from "./step.js";
export { DefinitionError, ExecutionFailedError, ExecutionOutputError } from "./workflow-errors.js";
