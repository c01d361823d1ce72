/** A StartExecution request after its shape was checked. @internal */
export interface StartExecutionRequest {
  readonly stateMachineArn: string;
  readonly name?: string;
  readonly input?: string;
}

/** A request about an execution after its shape was checked. @internal */
export interface ExecutionRequest {
  readonly executionArn: string;
  readonly includedData?: string;
}

/** A RedriveExecution request after its shape was checked. @internal */
export interface RedriveRequest {
  readonly executionArn: string;
  readonly clientToken?: string;
}
