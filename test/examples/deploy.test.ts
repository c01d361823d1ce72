import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { definition } from "../../examples/deploy/workflow.js";
import { writeFiles } from "../../examples/deploy/write-files.js";
import { checkDefinition } from "../../src/workflow/checks/check-definition.js";
import { lintTemplate } from "../workflow/lint-template.js";

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../examples/deploy/${name}`, import.meta.url)), "utf8");
/** Names that a tool has to fill in. */
const namesOf = (text: string) => [...new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))].sort();
const NAMES = ["ClassifyFunctionArn", "FilterFunctionArn", "NoticeTopicArn", "SerializeFunctionArn"];

async function withFiles(test: (files: ReadonlyMap<string, string>) => void) {
  const directory = mkdtempSync(join(tmpdir(), "scones-deploy-"));
  try {
    const paths = await writeFiles(directory);
    test(new Map(paths.map((path) => [path.slice(directory.length + 1), readFileSync(path, "utf8")])));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("the files that examples/deploy writes", () => {
  it("are a sound template, a sound definition, and a policy with the same names", async () => {
    await withFiles((files) => {
      expect([...files.keys()]).toEqual(["scones.template.json", "inference.asl.json", "execution-policy.json"]);
      const template = JSON.parse(files.get("scones.template.json") ?? "");
      expect(lintTemplate(template)).toEqual([]);
      expect(JSON.parse(template.Resources.StateMachine.Properties.DefinitionString)).toEqual(definition);
      expect(checkDefinition(files.get("inference.asl.json") ?? "")).toEqual([]);
      for (const name of ["inference.asl.json", "execution-policy.json"])
        expect(namesOf(files.get(name) ?? ""), name).toEqual(NAMES);
    });
  });
});

/** A tag of CloudFormation's short form, as the long one. */
const tag = (name: string, key: string, split = false) => ({
  tag: `!${name}`,
  resolve: (value: string) => ({ [key]: split ? value.split(".") : value }),
});

describe("examples/deploy/sam.yaml", () => {
  const template = parse(read("sam.yaml"), {
    customTags: [tag("Ref", "Ref"), tag("Sub", "Fn::Sub"), tag("GetAtt", "Fn::GetAtt", true)],
  });

  it("fills in every name of the definition, and refers to nothing that there is not", () => {
    const { Resources, Parameters, Outputs } = template;
    expect(Object.keys(Resources.Inference.Properties.DefinitionSubstitutions).sort()).toEqual(NAMES);
    const ids = [
      ...Object.keys(Resources),
      ...Object.keys(Parameters),
      "AWS::Partition",
      "AWS::Region",
      "AWS::AccountId",
    ];
    const text = JSON.stringify({ Resources, Outputs });
    const referred = [
      ...[...text.matchAll(/"Ref":"([^"]+)"|"Fn::GetAtt":\["([^"]+)"/g)].map(([, ref, att]) => ref ?? att),
      ...[...text.matchAll(/\$\{([\w:]+)(\.\w+)?\}/g)].map(([, name]) => name),
    ];
    expect(referred.length).toBeGreaterThan(12);
    expect(referred.filter((name) => !ids.includes(name ?? ""))).toEqual([]);
  });

  it("has an entry in examples/lambda for each function", () => {
    for (const name of ["Serialize", "Classify", "Filter"]) {
      const { Properties, Metadata } = template.Resources[name];
      expect(Properties.Handler).toBe(`${name.toLowerCase()}.handler`);
      expect(read(`../lambda/${Metadata.BuildProperties.EntryPoints[0]}`)).toContain("export const handler");
    }
  });
});

describe("examples/deploy/main.tf", () => {
  const text = read("main.tf").replace(/^\s*#.*$/gm, "");

  it("fills in every name of both files, and refers to nothing that there is not", () => {
    const names = /names = \{([^}]*)\}/.exec(text)?.[1] ?? "";
    expect([...names.matchAll(/^\s*(\w+)\s*=/gm)].map(([, name]) => name).sort()).toEqual(NAMES);
    const declared = [
      ...[...text.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, type, name]) => `${type}.${name}`),
      ...[...text.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => `var.${name}`),
      "local.names",
    ];
    const referred = [...text.matchAll(/\b(aws_\w+|var|local)\.(\w+)/g)].map(([, type, name]) => `${type}.${name}`);
    expect(referred.length).toBeGreaterThan(15);
    expect(referred.filter((name) => !declared.includes(name))).toEqual([]);
    for (const variable of declared.filter((name) => name.startsWith("var."))) expect(referred).toContain(variable);
  });

  it("closes what it opens", () => {
    for (const [open, close] of ["{}", "[]", "()"].map((pair) => pair.split("")))
      expect(text.split(open ?? "").length, open).toBe(text.split(close ?? "").length);
    expect(text.split('"').length % 2).toBe(1);
  });
});

describe("examples/deploy/cdk-stack.ts", () => {
  /** Runs the stack with a stand-in for CDK that notes what is constructed; aws-cdk-lib itself is no dependency. */
  function synthesize() {
    const { outputText, diagnostics } = ts.transpileModule(read("cdk-stack.ts"), {
      reportDiagnostics: true,
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const made: { readonly name: string; readonly args: readonly unknown[] }[] = [];
    const standIn = (name: string): unknown =>
      new Proxy(class {}, {
        construct: (_target, args, newTarget) => {
          made.push({ name, args });
          const own = Reflect.construct(class {}, [], newTarget) as object;
          return new Proxy(own, {
            get: (target, key) => Reflect.get(target, key) ?? member(`${String(args[1])}.${String(key)}`),
          });
        },
        get: (target, key) => (key === "prototype" ? Reflect.get(target, key) : member(`${name}.${String(key)}`)),
      });
    const member = (name: string) => {
      const call = (...args: readonly unknown[]) => {
        made.push({ name, args });
        return { from: name, args };
      };
      return Object.assign(call, { toString: () => name, toJSON: () => name });
    };
    const load = (module: string) =>
      module.startsWith("./") ? { definition } : new Proxy({}, { get: (_target, name) => standIn(String(name)) });
    const exported: { SconesStack?: new (scope: unknown, id: string, props: object) => unknown } = {};
    new Function("require", "exports", outputText)(load, exported);
    if (exported.SconesStack === undefined) throw new Error("no stack is exported");
    new exported.SconesStack(undefined, "Scones", { endpointName: "scones-vehicles" });
    return { made, diagnostics };
  }

  it("is TypeScript, and hands the definition with all of its names to DefinitionBody.fromString", () => {
    const { made, diagnostics } = synthesize();
    expect(diagnostics).toEqual([]);
    const machine = made.find(({ name }) => name === "StateMachine");
    const props = machine?.args[2] as {
      readonly definitionBody: { args: readonly string[] };
      readonly definitionSubstitutions: object;
    };
    expect(props.definitionBody).toMatchObject({ from: "DefinitionBody.fromString" });
    expect(JSON.parse(props.definitionBody.args[0] ?? "")).toEqual(definition);
    expect(Object.keys(props.definitionSubstitutions).sort()).toEqual(NAMES);
    const entries = made
      .filter(({ name }) => name === "NodejsFunction")
      .map(({ args }) => (args[2] as { readonly entry: string }).entry);
    for (const entry of entries) expect(read(`../../${entry}`)).toContain("export const handler");
    expect(made.filter(({ name }) => name.endsWith(".grantInvoke"))).toHaveLength(3);
  });
});
