/** What every AWS SDK v3 client can do when it is no longer needed. @internal */
export interface Destroyable {
  /** Closes the client's connections. */
  destroy(): void;
}

/**
 * Works with the caller's client, or with one of its own that it closes again. The client is made when the function
 * runs, from the SDK's default chain for region and credentials, and never at import.
 *
 * @param given - The client that the caller injected.
 * @param create - Makes a client when none was injected.
 * @param work - What to do with it.
 * @returns What `work` returns.
 * @internal
 */
export async function useClient<Client extends Destroyable, Result>(
  given: Client | undefined,
  create: () => Client,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  if (given !== undefined) return work(given);
  const own = create();
  try {
    return await work(own);
  } finally {
    own.destroy();
  }
}
