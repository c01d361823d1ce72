/**
 * An AWS inside the process: S3, SageMaker and Step Functions for the whole workflow, over AWS's own wire protocol.
 * Import it to learn, to test, and to run on a laptop what will run on AWS unchanged.
 *
 * @module local
 */
export type { LocalFunction, LocalFunctionContext } from "./functions.js";
export {
  createLocalAws,
  type ListenOptions,
  type LocalAws,
  type LocalAwsClients,
  type LocalAwsOptions,
  type LocalClientConfig,
  type LocalListener,
  type LocalTrainerOptions,
} from "./local-aws.js";
export { LocalOperationError } from "./local-operation-error.js";
export type { LocalLogEvent } from "./sagemaker/environment.js";
