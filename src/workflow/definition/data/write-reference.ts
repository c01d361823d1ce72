import type { Reference, ReferenceRoot } from "./reference.js";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Writes a reference as JSONPath.
 *
 * @param reference - The reference.
 * @returns A path, or an intrinsic function.
 * @internal
 */
export function toJsonPath({ reference: content }: Reference<never>): string {
  switch (content.kind) {
    case "place":
      return `${pathRoot(content.root)}${content.path.map(pathStep).join("")}`;
    case "next":
      return `States.MathAdd(${toJsonPath(content.of)}, 1)`;
    case "text": {
      const format = content.parts.map((part) => (typeof part === "string" ? escapeFormat(part) : "{}")).join("");
      const values = content.parts.flatMap((part) => (typeof part === "string" ? [] : toJsonPath(part)));
      return `States.Format('${format}'${values.map((value) => `, ${value}`).join("")})`;
    }
  }
}

/**
 * Writes a reference as a JSONata expression.
 *
 * @param reference - The reference.
 * @returns The expression, without its delimiters.
 * @internal
 */
export function toJsonata({ reference: content }: Reference<never>): string {
  switch (content.kind) {
    case "place":
      return content.path.reduce<string>(stepFrom, expressionRoot(content.root));
    case "next":
      return `${toJsonata(content.of)} + 1`;
    case "text":
      return content.parts.map((part) => (typeof part === "string" ? quote(part) : toJsonata(part))).join(" & ");
  }
}

/** A path as people read it, such as `inferences[0]`. @internal */
export function showPath(reference: Reference<never>): string {
  const { reference: content } = reference;
  if (content.kind !== "place") return toJsonata(reference);
  const root = typeof content.root === "object" ? `$${content.root.variable}` : content.root;
  return content.path.reduce<string>(stepFrom, root === "input" && content.path.length > 0 ? "" : root);
}

/** A text literal of JSONata, which takes JSON's. @internal */
export function quote(literal: string): string {
  return JSON.stringify(literal);
}

function pathRoot(root: ReferenceRoot): string {
  if (typeof root === "object") return `$${root.variable}`;
  return { input: "$", result: "$", context: "$$", item: "$$.Map.Item.Value" }[root];
}

function pathStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return NAME.test(step) ? `.${step}` : `['${step.replace(/[\\']/g, "\\$&")}']`;
}

function expressionRoot(root: ReferenceRoot): string {
  if (typeof root === "object") return `$${root.variable}`;
  return {
    input: "$states.input",
    result: "$states.result",
    context: "$states.context",
    item: "$states.context.Map.Item.Value",
  }[root];
}

function stepFrom(before: string, step: string | number): string {
  if (typeof step === "number") return `${before}[${step}]`;
  if (NAME.test(step)) return `${before}${before === "" ? "" : "."}${step}`;
  // Backticks quote a name in JSONata, and nothing quotes a backtick.
  return step.includes("`") ? `$lookup(${before}, ${quote(step)})` : `${before}.\`${step}\``;
}

/** Source: Amazon States Language specification, "Intrinsic functions". */
function escapeFormat(literal: string): string {
  return literal.replace(/[\\'{}]/g, "\\$&");
}
