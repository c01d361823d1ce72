import { randomUUID } from "node:crypto";
import { toAbortSignal } from "../../stop-signal.js";
import { isJsonObject, type Json } from "../json.js";
import { StateFailure } from "../state-failure.js";
import { callSdk, SdkRefusal } from "./sdk-call.js";
import { type SdkClients, type SdkService, sdkServices } from "./sdk-services.js";
import { exceptionName, type ServiceRefusal } from "./service-failure.js";
import type { TaskIntegration } from "./task-integration.js";

const RESOURCE = /^arn:[a-z-]+:states:::aws-sdk:([a-z0-9]+):([a-zA-Z0-9]+)$/;

/**
 * Lets Task states call any operation that the other local services have: `aws-sdk:{service}:{action}`.
 *
 * @param clients - The clients; asked for when a task calls, because they come after the services.
 * @returns The integration.
 * @internal
 */
export function createSdkIntegration(clients: () => SdkClients): TaskIntegration {
  return {
    matches: (resource) => findOperation(resource) !== undefined,
    events: "Task",
    honoursSignal: true,
    check: (resource, parameters) => checkNames(resource, parameters),
    async run({ resource, parameters, stop }) {
      const found = findOperation(resource);
      if (found === undefined) throw new Error(`There is no ${resource}.`);
      const { service, operation } = found;
      try {
        const result = await callSdk(clients(), { service, operation, parameters, time: "iso" }, toAbortSignal(stop));
        return result.output;
      } catch (error) {
        if (error instanceof SdkRefusal) throw toFailure(service, error.refusal);
        throw error;
      }
    },
  };
}

function findOperation(resource: string): { readonly service: SdkService; readonly operation: string } | undefined {
  const [, id, action = ""] = RESOURCE.exec(resource) ?? [];
  const service = sdkServices.find((each) => each.id === id);
  // The action is written in camelCase; in any other form AWS does not know it.
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  return service !== undefined && operation !== action && service.operations.has(operation)
    ? { service, operation }
    : undefined;
}

function checkNames(resource: string, parameters: Json | undefined): readonly string[] {
  if (!isJsonObject(parameters)) return [];
  return Object.keys(parameters)
    .map((name) => name.replace(/\.\$$/, ""))
    .filter((name) => !/^[A-Z]/.test(name))
    .map(
      (name) =>
        `The field '${name}' is not supported by the resource ${resource.split(":").slice(-3).join(":")}: fields are written in PascalCase.`,
    );
}

/** The words of the cause are those of AWS's second Java SDK, which these integrations are built on. */
function toFailure({ errorPrefix }: SdkService, refusal: ServiceRefusal): StateFailure {
  const { type, message, status, requestId = randomUUID(), general } = refusal;
  const cause = `${message} (Service: ${errorPrefix}, Status Code: ${status}, Request ID: ${requestId})`;
  return new StateFailure(`${errorPrefix}.${general ?? exceptionName(type)}`, cause, { located: true });
}
