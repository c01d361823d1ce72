import {
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  ResourceNotFound,
  type SFNClient,
} from "@aws-sdk/client-sfn";

/** Kinds of what a deployment creates. @internal */
export type PartKind = "state machine" | "version" | "alias";

/** What one deployment has created, so that it can be taken back. @internal */
export class CreatedParts {
  readonly #client: SFNClient;
  readonly #parts: { readonly kind: PartKind; readonly arn: string }[] = [];

  /** @param client - What removes them again. */
  constructor(client: SFNClient) {
    this.#client = client;
  }

  /** Whether there is nothing to take back. */
  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** Remembers something that is, or may be, there. */
  add(kind: PartKind, arn: string): void {
    this.#parts.push({ kind, arn });
  }

  /** Removes all, newest first, and goes on after a failure. A machine takes its versions and aliases with it. */
  async removeAll(): Promise<{ readonly removed: readonly string[]; readonly left: readonly string[] }> {
    const machine = this.#parts.find(({ kind }) => kind === "state machine");
    const removed: string[] = [];
    const left: string[] = [];
    for (const { kind, arn } of machine === undefined ? this.#parts.toReversed() : [machine]) {
      await removePart(this.#client, kind, arn).then(
        () => removed.push(`${kind} ${arn}`),
        () => left.push(`${kind} ${arn}`),
      );
    }
    return { removed, left };
  }
}

/** Removes a machine, version or alias; one that is not there is no error. @internal */
export async function removePart(
  client: SFNClient,
  kind: PartKind,
  arn: string,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<void> {
  try {
    if (kind === "alias") await client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn: arn }), options);
    else if (kind === "version")
      await client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: arn }), options);
    else await client.send(new DeleteStateMachineCommand({ stateMachineArn: arn }), options);
  } catch (error) {
    if (!(error instanceof ResourceNotFound)) throw error;
  }
}
