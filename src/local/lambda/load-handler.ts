import { pathToFileURL } from "node:url";

/** A handler as the bundle exports it. @internal */
export type LoadedHandler = (event: unknown, context: unknown) => unknown;

/** A bundle that Lambda's Node.js runtime could not start; the name is what it reports as `errorType`. @internal */
class BundleError extends Error {
  /** Name of the error. */
  override readonly name: string;

  /**
   * Makes the error.
   *
   * @param name - The `errorType`.
   * @param message - The `errorMessage`.
   */
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const NOT_FOUND = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ENOENT"];

/**
 * Loads a handler as Lambda's Node.js 24 runtime does.
 *
 * @param path - Absolute path of the bundle.
 * @param handler - Lambda's handler setting, such as `index.handler`.
 * @returns The handler.
 * @throws {@link BundleError} with the runtime's own names: `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`,
 * `Runtime.HandlerNotFound`, `Runtime.CallbackHandlerDeprecated`; else what the bundle throws as it loads.
 * @see aws/aws-lambda-nodejs-runtime-interface-client, src/UserFunction.js
 * @internal
 */
export async function loadHandler(path: string, handler: string): Promise<LoadedHandler> {
  const loaded = await importBundle(path);
  const members = handler.split(".").slice(1);
  const found = memberAt(loaded, members) ?? memberAt(defaultOf(path, loaded), members);
  if (found === undefined) {
    throw new BundleError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") throw new BundleError("Runtime.HandlerNotFound", `${handler} is not a function`);
  if (found.length >= 3) {
    throw new BundleError(
      "Runtime.CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async handler of event and context.",
    );
  }
  return found as LoadedHandler;
}

async function importBundle(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof SyntaxError)
      throw new BundleError("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
    const code = "code" in error ? String(error.code) : "";
    if (NOT_FOUND.includes(code)) throw new BundleError("Runtime.ImportModuleError", `Error: ${error.message}`);
    throw error;
  }
}

/** What a CommonJS file assigned to `module.exports`, of which `import` names only what it can foresee. */
function defaultOf(path: string, loaded: unknown): unknown {
  return path.endsWith(".mjs") ? undefined : memberAt(loaded, ["default"]);
}

function memberAt(value: unknown, names: readonly string[]): unknown {
  let member: unknown = value;
  for (const name of names) {
    if (member === null || (typeof member !== "object" && typeof member !== "function")) return undefined;
    member = Reflect.get(member, name);
  }
  return member;
}
