import {
  CreateEndpointConfigCommand,
  type CreateEndpointConfigCommandInput,
  CreateModelCommand,
  type CreateModelCommandInput,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import { isRefusal } from "../../core/refusal.js";
import { ignoreMissing } from "./missing-resource.js";

/** Kinds of resources that an endpoint consists of. */
export type EndpointResource = "model" | "endpoint-config" | "endpoint";

/** What one call has created, so that it can be taken back. @internal */
export class CreatedResources {
  readonly #client: SageMakerClient;
  readonly #created: { readonly resource: EndpointResource; readonly name: string }[] = [];

  /** @param client - What removes it again. */
  constructor(client: SageMakerClient) {
    this.#client = client;
  }

  /** How many there are. */
  get count(): number {
    return this.#created.length;
  }

  /** Creates one and remembers it, also when it may be there although no answer came. */
  async create<T>(
    resource: EndpointResource,
    name: string,
    signal: AbortSignal | undefined,
    send: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      const result = await abortable(signal, send);
      this.#created.push({ resource, name });
      return result;
    } catch (error) {
      if (!isRefusal(error)) this.#created.push({ resource, name });
      throw error;
    }
  }

  /** Removes all in reverse order and goes on after a failure. */
  async removeAll(): Promise<{ readonly removed: readonly string[]; readonly left: readonly string[] }> {
    const removed: string[] = [];
    const left: string[] = [];
    for (const { resource, name } of this.#created.toReversed()) {
      await ignoreMissing(() => removeResource(this.#client, resource, name)).then(
        () => removed.push(`${resource} ${name}`),
        () => left.push(`${resource} ${name}`),
      );
    }
    return { removed, left };
  }
}

/** Creates models and, where there is one, their configuration, and tells each. @internal */
export async function createServing(
  created: CreatedResources,
  client: SageMakerClient,
  wanted: {
    readonly models: readonly CreateModelCommandInput[];
    readonly endpointConfig?: CreateEndpointConfigCommandInput;
  },
  signal: AbortSignal | undefined,
  tell: (resource: EndpointResource, name: string) => void = () => {},
): Promise<void> {
  for (const model of wanted.models) {
    const name = model.ModelName ?? "";
    await created.create("model", name, signal, (send) => client.send(new CreateModelCommand(model), send));
    tell("model", name);
  }
  const config = wanted.endpointConfig;
  if (config === undefined) return;
  const name = config.EndpointConfigName ?? "";
  await created.create("endpoint-config", name, signal, (send) =>
    client.send(new CreateEndpointConfigCommand(config), send),
  );
  tell("endpoint-config", name);
}

/** Removes one resource. @internal */
export function removeResource(
  client: SageMakerClient,
  resource: EndpointResource,
  name: string,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<unknown> {
  if (resource === "endpoint") return client.send(new DeleteEndpointCommand({ EndpointName: name }), options);
  if (resource === "model") return client.send(new DeleteModelCommand({ ModelName: name }), options);
  return client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }), options);
}
