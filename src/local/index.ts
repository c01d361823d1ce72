/**
 * An AWS inside the process: S3, SageMaker, Step Functions and Lambda for the whole workflow, over AWS's wire protocol.
 * Import it to learn, to test, and to run on a laptop what will run on AWS unchanged.
 *
 * @module local
 */
export type { InjectedFault } from "./faults/fault-injector.js";
export type {
  LocalDelayFault,
  LocalErrorFault,
  LocalFault,
  LocalFaultRate,
  LocalFaultTarget,
  LocalStallFault,
  StallableOperation,
} from "./faults/fault-options.js";
export type {
  LocalFunction,
  LocalFunctionBundle,
  LocalFunctionContext,
  LocalFunctionOptions,
} from "./lambda/function-options.js";
export { createLocalAws, type ListenOptions, type LocalAws, type LocalListener } from "./local-aws.js";
export type { LocalAwsOptions, LocalTrainerOptions } from "./local-aws-options.js";
export type { LocalAwsClients, LocalClientConfig } from "./local-clients.js";
export { LocalDirectoryError } from "./local-directory-error.js";
export type { LocalExecution, LocalExecutionOptions } from "./local-execution.js";
export { LocalOperationError } from "./local-operation-error.js";
export type { PublishedEvent } from "./published-event.js";
export type { PublishedAttribute, PublishedMessage } from "./published-message.js";
export type { LocalLogEvent } from "./sagemaker/environment.js";
export type { LocalServiceName } from "./service-of.js";
