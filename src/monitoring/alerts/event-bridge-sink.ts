import * as z from "zod";
import { clientSchema, parseOptions } from "../../core/options.js";
import { AlertDeliveryError } from "./alert-delivery-error.js";
import { type AlertSink, type SendingClient, type SinkClient, sendOptions } from "./alert-sink.js";

/** Options of {@link createEventBridgeSink}. */
export interface EventBridgeSinkOptions {
  /** Name or ARN of the event bus. @defaultValue the account's own, `default` */
  readonly eventBusName?: string;
  /** The `source` of the events. @defaultValue `"scones-ml.monitoring"` */
  readonly eventSource?: string;
  /** AWS clients to use; a missing one is made at the first event and kept. */
  readonly clients?: {
    /** EventBridge: the `EventBridgeClient` of the optional peer `@aws-sdk/client-eventbridge`. */
    readonly eventBridge?: SinkClient;
  };
}

const OptionsSchema = z.strictObject({
  eventBusName: z.string().min(1).max(1600).default("default"),
  eventSource: z
    .string()
    .min(1)
    .max(256)
    .refine((text) => !text.startsWith("aws."), "must not begin with aws., which is AWS's own")
    .default("scones-ml.monitoring"),
  clients: z.object({ eventBridge: clientSchema<SinkClient>("EventBridgeClient").optional() }).prefault({}),
});

/** Most entries of one request. Source: PutEvents, Amazon EventBridge API reference. */
const MAX_ENTRIES = 10;

/**
 * Makes a sink that puts an event on a bus for each alert that is raised or cleared: detail type `Alert raised` or
 * `Alert cleared`, the alert as detail. It uses the optional package `@aws-sdk/client-eventbridge`. Needs
 * `events:PutEvents` on the bus.
 *
 * @param options - See {@link EventBridgeSinkOptions}.
 * @returns The sink.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createEventBridgeSink } from "scones-ml/monitoring";
 *
 * export const sink = createEventBridgeSink({ eventBusName: "scones" });
 * ```
 */
export function createEventBridgeSink(options: EventBridgeSinkOptions = {}): AlertSink {
  const { eventBusName, eventSource, clients } = parseOptions("createEventBridgeSink", OptionsSchema, options);
  let client = clients.eventBridge as SendingClient | undefined;
  return async ({ changes, source, evaluatedAt }, { signal }) => {
    if (changes.length === 0) return;
    const { EventBridgeClient, PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
    client ??= new EventBridgeClient({}) as SendingClient;
    const entries = changes.map((alert) => ({
      EventBusName: eventBusName,
      Source: eventSource,
      DetailType: `Alert ${alert.change}`,
      Time: new Date(evaluatedAt),
      Detail: JSON.stringify({ ...alert, captures: source }),
    }));
    for (let start = 0; start < entries.length; start += MAX_ENTRIES) {
      const command = new PutEventsCommand({ Entries: entries.slice(start, start + MAX_ENTRIES) });
      const answer = (await client.send(command, sendOptions(signal))) as {
        readonly FailedEntryCount?: number;
        readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
      };
      // A refused entry is no exception of the SDK.
      const refused = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused !== undefined || (answer.FailedEntryCount ?? 0) > 0) {
        const reason = `${refused?.ErrorCode ?? "unknown"}: ${refused?.ErrorMessage ?? "no reason given"}`;
        throw AlertDeliveryError.of([`the event bus ${eventBusName} refused an event (${reason})`]);
      }
    }
  };
}
