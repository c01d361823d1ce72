import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRIES = ["core", "etl", "training", "inference", "workflow", "monitoring", "local"];

const config = ts.getParsedCommandLineOfConfigFile(
  `${ROOT}tsconfig.json`,
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
);
const entryFiles = ENTRIES.map((entry) => `${ROOT}src/${entry}/index.ts`);
const program = ts.createProgram(entryFiles, { ...config?.options, noEmit: true });
const checker = program.getTypeChecker();

/** One line for each thing that an entry point exports: what it is, and what a caller sees of it. */
function describeEntry(file: string): string {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} exports nothing`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => describeSymbol(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .sort()
    .join("\n");
}

function describeSymbol(symbol: ts.Symbol): string {
  const { name, flags, declarations = [] } = symbol;
  const [declaration] = declarations;
  if (declaration === undefined) return `unknown ${name}`;
  if (flags & ts.SymbolFlags.Function) {
    const signatures = checker.getTypeOfSymbol(symbol).getCallSignatures();
    return signatures
      .map((signature) => `function ${name}${show(checker.signatureToString(signature, declaration, FORMAT))}`)
      .join("\n");
  }
  if (flags & ts.SymbolFlags.Class) return `class ${name} { ${members(checker.getDeclaredTypeOfSymbol(symbol))} }`;
  if (flags & ts.SymbolFlags.Interface)
    return `interface ${name} { ${members(checker.getDeclaredTypeOfSymbol(symbol))} }`;
  if (flags & ts.SymbolFlags.TypeAlias) return `type ${name}`;
  return `const ${name}`;
}

const FORMAT = ts.TypeFormatFlags.NoTruncation;

/** Names of the members, with a question mark where they may be absent. Those of Error and Object are everybody's. */
function members(type: ts.Type): string {
  return type
    .getProperties()
    .filter(({ declarations }) =>
      declarations?.some((one) => !one.getSourceFile().fileName.includes("/typescript/lib/")),
    )
    .map(({ name, flags }) => (flags & ts.SymbolFlags.Optional ? `${name}?` : name))
    .filter((name) => !/^__|^#/.test(name))
    .sort()
    .join(", ");
}

function show(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/import\("[^"]*"\)\./g, "");
}

describe("the public API", () => {
  it.each(ENTRIES)("of scones-ml/%s is what the snapshot says; a change is a new version", async (entry) => {
    const text = describeEntry(`${ROOT}src/${entry}/index.ts`);
    await expect(`${text}\n`).toMatchFileSnapshot(`public-api/${entry}.txt`);
  });
});
