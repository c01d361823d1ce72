import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const EXAMPLES = fileURLToPath(new URL("../examples/lambda", import.meta.url));

/** A bundled Lambda entry. */
export interface HandlerBundle {
  /** The file that Lambda would load. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
}

/** Bundles one of the examples as for Lambda: one minified file, with the SDK in it or left to Lambda's runtime. */
export async function bundleHandler(
  name: string,
  folder: string,
  sdk: "included" | "external",
): Promise<HandlerBundle> {
  const file = join(folder, `${name}-${sdk}.cjs`);
  const { metafile } = await build({
    entryPoints: [join(EXAMPLES, `${name}.ts`)],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // The SDK's CommonJS files, which esbuild prefers for Node, cannot be shaken.
    mainFields: ["module", "main"],
    metafile: true,
    logLevel: "error",
    outfile: file,
    external: sdk === "external" ? ["@aws-sdk/*", "@smithy/*"] : [],
  });
  return { file, bytes: Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0) };
}
