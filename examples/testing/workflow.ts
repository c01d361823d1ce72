import {
  createClassifyHandler,
  createFilterHandler,
  createSerializeHandler,
  type HandlerResult,
  type ImageEvent,
} from "scones-ml/inference";
import { buildInferenceWorkflow, LAMBDA_RETRY } from "scones-ml/workflow";

/** Your settings; on Lambda they come from the environment. */
export interface Settings {
  readonly endpointName: string;
  readonly labels: readonly string[];
  readonly threshold: number;
  readonly clients: NonNullable<Parameters<typeof createClassifyHandler>[0]["clients"]>;
}

/** Your Lambda handlers: two of the library, and one of your own around the library's filter. */
export function createHandlers({ endpointName, labels, threshold, clients }: Settings) {
  const filter = createFilterHandler({ threshold });
  return {
    serialize: createSerializeHandler({ clients }),
    classify: createClassifyHandler({ endpointName, labels, clients }),
    /** Sends bicycles to short routes, all others to long ones. */
    async dispatch(event: ImageEvent) {
      const { statusCode, body }: HandlerResult = await filter(event);
      return { statusCode, body: { ...body, route: body.label === "bicycle" ? "short" : "long" } };
    },
  };
}

/** Your state machine, over the names or ARNs of the functions. */
export function buildWorkflow(functions: {
  readonly serialize: string;
  readonly classify: string;
  readonly dispatch: string;
}) {
  const { serialize, classify, dispatch } = functions;
  return buildInferenceWorkflow({
    functions: { serialize, classify, filter: dispatch },
    // The classify handler itself asks three times within a second; a busy endpoint needs longer.
    retry: [
      ...LAMBDA_RETRY,
      { ErrorEquals: ["ThrottlingException"], IntervalSeconds: 30, MaxAttempts: 4, BackoffRate: 2 },
    ],
  });
}
