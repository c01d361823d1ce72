import { isJsonArray, isJsonObject, type Json, type JsonObject, setMember } from "../json.js";
import { jsonText } from "../json-text.js";
import type { SdkClients, SdkService } from "./sdk-services.js";
import type { ServiceRefusal } from "./service-failure.js";

/** What a call gave. @internal */
export interface SdkResult {
  readonly output: JsonObject;
  readonly requestId: string | undefined;
}

/** A refusal of a service. @internal */
export class SdkRefusal extends Error {
  /** What it said. */
  readonly refusal: ServiceRefusal;

  /** @param refusal - What it said. */
  constructor(refusal: ServiceRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }

  /** Literal name of the error. */
  override get name(): string {
    return "SdkRefusal";
  }
}

/** How times are written. @internal */
export type TimeFormat = "iso" | "milliseconds";

type Sender = { send(command: unknown, options: { readonly abortSignal: AbortSignal }): Promise<unknown> };

/**
 * Calls an operation of a local service through its SDK client, with members and result as Step Functions writes them.
 *
 * @param clients - The clients.
 * @param call - `service` and `operation`; `parameters`: as the task gives them; `time`: how times are written.
 * @param signal - Ends the call.
 * @returns The result.
 * @throws {@link SdkRefusal} when the service refuses the request; anything else that the client throws, as it is.
 * @internal
 */
export async function callSdk(
  clients: SdkClients,
  call: {
    readonly service: SdkService;
    readonly operation: string;
    readonly parameters: Json;
    readonly time: TimeFormat;
  },
  signal: AbortSignal,
): Promise<SdkResult> {
  const { service, operation, parameters, time } = call;
  const Command = service.exports[`${operation}Command`];
  if (typeof Command !== "function") throw new Error(`The SDK client of ${service.id} has no ${operation}.`);
  const command: unknown = Reflect.construct(Command, [toInput(service, parameters)]);
  // Each client takes its own commands only; that they belong together is what the table of services says.
  const client = clients[service.client] as unknown as Sender;
  let answer: unknown;
  try {
    answer = await client.send(command, { abortSignal: signal });
  } catch (error) {
    signal.throwIfAborted();
    throw toRefusal(service, operation, error);
  }
  const { $metadata: metadata, ...members } = answer as { readonly $metadata: { readonly requestId?: string } };
  const output = await toJson(members, { time, capitalize: service.camelCase === true });
  return { output: isJsonObject(output) ? output : {}, requestId: metadata.requestId };
}

function toInput(service: SdkService, parameters: Json): Json {
  if (!isJsonObject(parameters)) return {};
  const input: Record<string, Json> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const isText = service.blobs.includes(name) || (service.jsonTexts.includes(name) && typeof value !== "string");
    const member = service.camelCase === true ? lowerFirst(name) : name;
    setMember(input, member, isText ? jsonText(value) : service.camelCase === true ? toCamelCase(value) : value);
  }
  return input;
}

function toCamelCase(value: Json): Json {
  if (isJsonArray(value)) return value.map(toCamelCase);
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) setMember(result, lowerFirst(name), toCamelCase(member));
  return result;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

interface OutputForm {
  readonly time: TimeFormat;
  readonly capitalize: boolean;
}

/** Members without a value are left out, as they are on the wire; bytes become text. */
async function toJson(value: unknown, form: OutputForm): Promise<Json | undefined> {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (value instanceof Date) return form.time === "iso" ? showTime(value) : value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value as readonly unknown[]) items.push((await toJson(item, form)) ?? null);
    return items;
  }
  if (isStream(value)) return value.transformToString("utf8");
  const result: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const json = await toJson(member, form);
    const shown = form.capitalize ? name.charAt(0).toUpperCase() + name.slice(1) : name;
    if (json !== undefined) setMember(result, shown, json);
  }
  return result;
}

function isStream(value: object): value is { transformToString(encoding: string): Promise<string> } {
  return "transformToString" in value && typeof value.transformToString === "function";
}

function showTime(time: Date): string {
  return time.toISOString().replace(".000Z", "Z");
}

function toRefusal(service: SdkService, operation: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("$metadata" in error) || !("$fault" in error)) return error;
  const metadata = error.$metadata as { readonly httpStatusCode?: number; readonly requestId?: string };
  const type = service.id === "s3" && error.name === "NotFound" ? missingOf(operation) : error.name;
  return new SdkRefusal({
    type,
    message: error.message,
    status: metadata.httpStatusCode ?? 400,
    requestId: metadata.requestId,
    general: typeof service.exports[type] === "function" ? undefined : `${service.errorPrefix}Exception`,
  });
}

/** An answer to HEAD has no body that names the error; AWS's SDK for Java makes it one of the model. */
function missingOf(operation: string): string {
  return operation === "HeadBucket" ? "NoSuchBucket" : "NoSuchKey";
}
