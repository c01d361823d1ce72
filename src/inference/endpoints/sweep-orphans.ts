import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import { callbackSchema, parseOptions } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { removeResource } from "./created-resources.js";
import { type ListOrphansOptions, listOrphans, type Orphan, orphanFields } from "./list-orphans.js";
import { ignoreMissing } from "./missing-resource.js";

/** Options of {@link sweepOrphans}. */
export interface SweepOrphansOptions extends ListOrphansOptions {
  /** `"dry-run"` only says what would go; `"delete"` removes it. @defaultValue `"dry-run"` */
  readonly mode?: "dry-run" | "delete";
  /** Is told each orphan that was removed. */
  readonly onProgress?: (event: { readonly type: "removed"; readonly orphan: Orphan }) => void;
}

/** What {@link sweepOrphans} found and did. */
export interface SweepResult {
  /** Everything that was found. */
  readonly orphans: readonly Orphan[];
  /** What was removed; nothing in a dry run. */
  readonly removed: readonly Orphan[];
  /** What AWS would not remove, and why. */
  readonly left: readonly {
    /** What is still there. */
    readonly orphan: Orphan;
    /** Why. */
    readonly error: unknown;
  }[];
}

const OptionsSchema = z.strictObject({
  ...orphanFields,
  minAge: z.custom<ListOrphansOptions["minAge"]>().optional(),
  idleFor: z.custom<ListOrphansOptions["idleFor"]>().optional(),
  mode: z.enum(["dry-run", "delete"]).default("dry-run"),
  onProgress: callbackSchema<(event: { readonly type: "removed"; readonly orphan: Orphan }) => void>().optional(),
});

/**
 * Removes what `listOrphans` names: endpoints, then configurations, then models. Without `mode: "delete"` it is a dry run.
 * One that cannot be removed does not keep the others. After an abort, what was not reached stays. Needs what
 * `listOrphans` needs and the three delete permissions.
 *
 * @param options - See {@link SweepOrphansOptions}.
 * @returns What was found, removed and left.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { sweepOrphans } from "scones-ml/inference";
 *
 * const { orphans } = await sweepOrphans(); // a dry run
 * if (orphans.length > 0) await sweepOrphans({ mode: "delete" });
 * ```
 */
export async function sweepOrphans(options: SweepOrphansOptions = {}): Promise<SweepResult> {
  const { mode, onProgress, clients, signal, ...rest } = parseOptions("sweepOrphans", OptionsSchema, options);
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const given = Object.entries({ ...rest, signal }).filter(([, value]) => value !== undefined);
      const orphans = await listOrphans({ ...Object.fromEntries(given), clients: { sagemaker: client } });
      const removed: Orphan[] = [];
      const left: { readonly orphan: Orphan; readonly error: unknown }[] = [];
      for (const orphan of mode === "delete" ? orphans : []) {
        try {
          await ignoreMissing(() =>
            abortable(signal, (send) => removeResource(client, orphan.resource, orphan.name, send)),
          );
          removed.push(orphan);
          onProgress?.({ type: "removed", orphan });
        } catch (error) {
          signal?.throwIfAborted();
          left.push({ orphan, error });
        }
      }
      return { orphans, removed, left };
    },
  );
}
