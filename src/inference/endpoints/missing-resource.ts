/**
 * Runs a call on a SageMaker resource and takes "there is no such resource" as an answer. SageMaker has no exception
 * of its own for that: it is a ValidationException whose message begins with "Could not find".
 *
 * @param call - The call.
 * @returns What the call returns, or `undefined` when the resource is not there.
 * @internal
 */
export async function ignoreMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      error.name === "ValidationException" &&
      /could not find|does not exist/i.test(error.message);
    if (isMissing) return undefined;
    throw error;
  }
}
