import { checkDefinition } from "../checks/check-definition.js";
import { DefinitionError } from "../workflow-errors.js";

/**
 * Refuses a definition that `checkDefinition` finds an error in.
 *
 * @param name - Name of the state machine, for the message.
 * @param definition - The definition, or its JSON text.
 * @throws {@link DefinitionError} `DEFINITION_INVALID` with all errors.
 * @internal
 */
export function refuseErrors(name: string, definition: unknown): void {
  const issues = checkDefinition(definition).filter(({ severity }) => severity === "error");
  const [first] = issues;
  if (first === undefined) return;
  const more = issues.length === 1 ? "" : ` (${issues.length - 1} more in details.issues)`;
  throw new DefinitionError({
    code: "DEFINITION_INVALID",
    message: `The definition of state machine ${name} is not valid: at ${first.path === "" ? "its top" : first.path}: ${first.message}${more} ${first.remedy}`,
    details: { name, issues: issues.map(({ path, code, message, remedy }) => ({ path, code, message, remedy })) },
  });
}
