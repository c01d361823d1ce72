import { type EvaluationScope, readTemplatePath } from "../evaluation.js";
import type { Json } from "../json.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import { unescapeText } from "./format-text.js";
import { IntrinsicArguments } from "./intrinsic-arguments.js";
import { IntrinsicError } from "./intrinsic-error.js";
import { intrinsicFunctions } from "./intrinsic-functions.js";
import type { IntrinsicArgument, IntrinsicCall } from "./intrinsic-parser.js";

/**
 * Invokes an intrinsic function after its arguments.
 *
 * @param call - The invocation.
 * @param scope - What its paths refer to.
 * @returns The function's value.
 * @throws {@link StateFailure} `States.Runtime` when a path leads nowhere, else `States.IntrinsicFailure`.
 * @internal
 */
export function invokeIntrinsic(call: IntrinsicCall, scope: EvaluationScope): Json {
  try {
    const values = call.arguments.map((argument, index) => evaluateArgument(call, argument, index, scope));
    const invoke = intrinsicFunctions.get(call.name);
    if (invoke === undefined) throw new IntrinsicError("There is no such function.");
    return invoke(new IntrinsicArguments(values), scope.clock.random);
  } catch (error) {
    if (!(error instanceof IntrinsicError)) throw error;
    throw new StateFailure(
      "States.IntrinsicFailure",
      `The function '${call.text}' had the following error: ${error.message}`,
    );
  }
}

function evaluateArgument(
  call: IntrinsicCall,
  argument: IntrinsicArgument,
  index: number,
  scope: EvaluationScope,
): Json {
  switch (argument.kind) {
    case "value":
      return argument.value;
    case "text":
      // The template of States.Format keeps its backslashes, which tell {} from \{\}.
      return call.name === "States.Format" && index === 0 ? argument.raw : unescapeText(argument.raw);
    case "call":
      return invokeIntrinsic(argument, scope);
    case "path": {
      const value = readTemplatePath(argument.path, scope);
      if (value !== undefined) return value;
      throw new StateFailure(
        "States.Runtime",
        `The function '${call.text}' had the following error: The JsonPath argument for the field '${argument.path.text}' could not be found in the input '${jsonText(scope.data)}'`,
      );
    }
  }
}
