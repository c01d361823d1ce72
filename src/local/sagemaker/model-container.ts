import { ServiceError } from "../service-error.js";
import type { Classifier } from "../training/classifier.js";
import { decodeImage, resizeImage } from "./decode-image.js";

/** A body with its content type. @internal */
export interface Payload {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What a container refuses, with the status that it answers. @internal */
export class ContainerRefusal extends Error {
  /** HTTP status code of the container's answer. */
  readonly status: number;

  /**
   * Makes a refusal.
   *
   * @param status - HTTP status code.
   * @param message - What is wrong.
   */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const IMAGE_TYPES = ["application/x-image", "image/png", "image/jpeg"];

/**
 * Answers one request as the algorithm's serving container does: one image in, one probability per class out.
 *
 * @param classifier - The network.
 * @param input - The image.
 * @param accept - Wanted content type; `application/jsonlines` gives a line with `prediction`, anything else a JSON array.
 * @returns The answer.
 * @throws {@link ContainerRefusal} when this is no image that can be read.
 * @internal
 */
export function askContainer(classifier: Classifier, { contentType, body }: Payload, accept?: string): Payload {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!IMAGE_TYPES.includes(type)) {
    throw new ContainerRefusal(
      415,
      `Unsupported content type "${type}", the container takes ${IMAGE_TYPES.join(", ")}`,
    );
  }
  let pixels: Uint8Array;
  try {
    pixels = resizeImage(decodeImage(body), classifier.imageShape);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ContainerRefusal(400, `unable to evaluate payload provided: ${reason}`);
  }
  const probabilities = `[${classifier.classify(pixels).join(", ")}]`;
  const asLines = accept?.includes("application/jsonlines") === true;
  return {
    contentType: asLines ? "application/jsonlines" : "application/json",
    body: Buffer.from(asLines ? `{"prediction": ${probabilities}}\n` : probabilities),
  };
}

/**
 * Writes a refusal of a container as InvokeEndpoint does.
 *
 * @param refusal - The refusal.
 * @param logStreamArn - Where the container's log is.
 * @returns The exception.
 * @internal
 */
export function modelError({ status, message }: ContainerRefusal, logStreamArn: string): ServiceError {
  return new ServiceError(
    424,
    "ModelError",
    `Received client error (${status}) from primary with message "${message}".`,
    { OriginalStatusCode: status, OriginalMessage: message, LogStreamArn: logStreamArn },
  );
}
