/** What the error codes of the Lambda handlers carry. @internal */
export interface HandlerErrorDetails {
  /** An image has more bytes than an endpoint takes. */
  readonly IMAGE_TOO_LARGE: {
    /** Where the image lies. */
    readonly location: string;
    /** Size in bytes. */
    readonly bytes: number;
    /** Most bytes allowed. */
    readonly limit: number;
  };
  /** A Lambda event does not hold what the handler needs. */
  readonly PAYLOAD_INVALID: {
    /** What is wrong, and where. */
    readonly issues: readonly {
      /** Where it stands. */
      readonly path: string;
      /** What is wrong there. */
      readonly message: string;
    }[];
  };
  /** A handler's result does not fit into a state of a workflow, even without images. */
  readonly RESULT_TOO_LARGE: {
    /** Size in bytes. */
    readonly bytes: number;
    /** Most bytes allowed. */
    readonly limit: number;
  };
  /** The most probable class is not probable enough. */
  readonly THRESHOLD_CONFIDENCE_NOT_MET: {
    /** Probability of the most probable class, 0 to 1. */
    readonly confidence: number;
    /** Least probability that passes, 0 to 1. */
    readonly threshold: number;
    /** The most probable class. */
    readonly label: string;
    /** How far it is ahead of the second one, where the threshold is for that. */
    readonly margin?: number;
  };
}
