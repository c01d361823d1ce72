import type { SFNClient } from "@aws-sdk/client-sfn";
import type { CreatedParts } from "./created-parts.js";
import type { ResolvedDeployOptions, StateMachineProgressEvent } from "./deploy-options.js";

/** One run of `deployStateMachine`. @internal */
export interface Deployment {
  readonly client: SFNClient;
  readonly options: ResolvedDeployOptions;
  readonly signal: AbortSignal | undefined;
  /** What it has created. */
  readonly created: CreatedParts;
  /** Tells a change. */
  readonly tell: (event: StateMachineProgressEvent) => void;
}
