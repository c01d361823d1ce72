import { unsupportedOperation } from "./local-operation-error.js";
import { type LocalServiceName, serviceOf, signedService } from "./service-of.js";
import type { WireService } from "./wire.js";

/** The services of the local AWS. @internal */
export type RouterServices = Readonly<Record<LocalServiceName, WireService>>;

/**
 * Makes one service of several, as one endpoint for all of AWS.
 *
 * @param services - The services.
 * @returns The service that hands requests on.
 * @throws {@link LocalOperationError} `LOCAL_OPERATION_UNSUPPORTED`, by the returned service, for any other AWS service.
 * @internal
 */
export function createRouter(services: RouterServices): WireService {
  return async (request) => {
    const service = serviceOf(request);
    if (service !== undefined) return services[service](request);
    const target = request.headers["x-amz-target"] ?? "";
    const operation = target === "" ? `${request.method} ${request.path}` : target.slice(target.indexOf(".") + 1);
    const scope = signedService(request) ?? target.slice(0, Math.max(0, target.indexOf(".")));
    throw unsupportedOperation(scope, operation);
  };
}
