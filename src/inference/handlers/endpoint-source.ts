import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";
import { ResourceNameSchema } from "../../core/names.js";
import { parseOptions } from "../../core/options.js";

/** An endpoint that classifies, and its class names where they are known. A `DeployedEndpoint` fits. */
export interface ClassifyingEndpoint {
  /** Name of the endpoint. */
  readonly endpointName: string;
  /** Class names in label order. */
  readonly labels?: readonly string[];
}

/**
 * Finds the endpoint at run time, for example in a parameter: its name, or a `DeployedEndpoint`. The signal fires shortly
 * before Lambda would end the invocation; without a context of Lambda there is none.
 */
export type EndpointResolver = (options: {
  /** Ends the search. */
  readonly signal?: AbortSignal;
}) => string | ClassifyingEndpoint | Promise<string | ClassifyingEndpoint>;

/** Where a handler gets its endpoint from. @internal */
export interface EndpointSource {
  /** The endpoint; resolved anew when the answer is too old, and kept where that fails. */
  get(signal: AbortSignal | undefined): Promise<ClassifyingEndpoint>;
  /** Asks anew because the endpoint is gone; `undefined` where there is nobody to ask, or the answer is the same. */
  replace(gone: ClassifyingEndpoint, signal: AbortSignal | undefined): Promise<ClassifyingEndpoint | undefined>;
}

/** After a resolver has failed it is left alone for so long, where an earlier answer is at hand. */
const RETRY_MS = 5000;

const ResolvedSchema = z.union([
  ResourceNameSchema.min(1).transform((endpointName) => ({ endpointName })),
  z.object({ endpointName: ResourceNameSchema.min(1), labels: LabelsSchema.optional() }),
]);

/**
 * Makes the source of an endpoint out of a name or a resolver. Concurrent images share one call of the resolver, and a
 * failed one is not remembered.
 *
 * @param given - Name or resolver.
 * @param cacheMs - How long an answer of the resolver is taken as true.
 * @param now - The clock.
 * @returns The source.
 * @internal
 */
export function createEndpointSource(
  given: string | EndpointResolver,
  cacheMs: number,
  now: () => number = Date.now,
): EndpointSource {
  if (typeof given === "string") {
    return { get: async () => ({ endpointName: given }), replace: async () => undefined };
  }
  let known: { readonly endpoint: ClassifyingEndpoint; readonly until: number } | undefined;
  let pending: Promise<ClassifyingEndpoint> | undefined;
  const resolve = (signal: AbortSignal | undefined): Promise<ClassifyingEndpoint> => {
    if (pending !== undefined) return pending;
    const forget = () => {
      if (pending === search) pending = undefined;
      signal?.removeEventListener("abort", forget);
    };
    // Called in a turn of its own: a resolver that throws at once must not leave its failure behind for ever.
    const search = Promise.resolve()
      .then(() => given(signal === undefined ? {} : { signal }))
      .then((resolved) => {
        const endpoint = checkEndpoint(resolved);
        known = { endpoint, until: now() + cacheMs };
        return endpoint;
      })
      .finally(forget);
    // One that never comes back ends with its invocation, and the next one asks again.
    signal?.addEventListener("abort", forget, { once: true });
    pending = search;
    return search;
  };
  return {
    async get(signal) {
      if (known !== undefined && now() < known.until) return known.endpoint;
      const old = known?.endpoint;
      // An endpoint that worked is better than none: if it is gone, its own error tells.
      if (old === undefined) return resolve(signal);
      return resolve(signal).catch(() => {
        known = { endpoint: old, until: now() + Math.min(cacheMs, RETRY_MS) };
        return old;
      });
    },
    async replace(gone, signal) {
      const endpoint =
        known !== undefined && known.endpoint.endpointName !== gone.endpointName
          ? known.endpoint
          : await resolve(signal);
      return endpoint.endpointName === gone.endpointName ? undefined : endpoint;
    },
  };
}

function checkEndpoint(resolved: unknown): ClassifyingEndpoint {
  const { endpointName, ...rest } = parseOptions("The resolver of createClassifyHandler", ResolvedSchema, resolved);
  const labels = "labels" in rest ? rest.labels : undefined;
  return labels === undefined ? { endpointName } : { endpointName, labels };
}
