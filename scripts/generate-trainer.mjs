/*
 * Compiles the trainer's kernels (assembly/) to WebAssembly and bundles its worker program, and writes both as text
 * into src/local/training/generated/. Workers start from that text, so that ESM, CommonJS, bundlers and tests load
 * them alike. Does nothing when the inputs are those of the last run.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const trainer = join(root, "src/local/training");
const generated = join(trainer, "generated");

/** Most memory that a training job may use, in WebAssembly pages of 64 KiB; also in kernels.ts. */
const MAXIMUM_PAGES = 32_768;

const inputs = [
  ...list(join(root, "assembly")),
  ...list(trainer),
  fileURLToPath(import.meta.url),
  join(root, "package-lock.json"),
];
const hash = createHash("sha256");
for (const file of inputs) hash.update(file.slice(root.length)).update(readFileSync(file));
const stamp = hash.digest("hex");
const stampFile = join(generated, "stamp.txt");

const outputs = ["kernels.ts", "worker-source.ts"].map((file) => join(generated, file));
if (!outputs.every(existsSync) || !existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  mkdirSync(generated, { recursive: true });
  const kernels = await compileKernels();
  write("kernels.ts", "KERNELS_BASE64", "The compiled kernels.", Buffer.from(kernels).toString("base64"));
  write("worker-source.ts", "WORKER_SOURCE", "The worker program.", await bundleWorker());
  writeFileSync(stampFile, stamp);
}

async function compileKernels() {
  // Loaded only when there is something to do: the compiler alone takes most of a second.
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--outFile=kernels.wasm",
      "--runtime=stub",
      "--importMemory",
      "--sharedMemory",
      "--initialMemory=1",
      `--maximumMemory=${MAXIMUM_PAGES}`,
      "--enable=simd",
      "--enable=threads",
      "-O3",
      "--noAssert",
    ],
    {
      readFile: (name, base) => {
        const file = join(root, "assembly", base === "." ? name : join(base, name));
        return existsSync(file) ? readFileSync(file, "utf8") : null;
      },
      writeFile: (_name, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`the kernels do not compile:\n${stderr}`, { cause: error });
  return binary;
}

async function bundleWorker() {
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [join(trainer, "worker.ts")],
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    write: false,
    legalComments: "none",
  });
  return result.outputFiles[0].text;
}

/** Writes beside the file and renames, so that a process that reads meanwhile never sees half of it. */
function write(file, name, comment, text) {
  const target = join(generated, file);
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, `/** ${comment} @internal */\nexport const ${name} = ${JSON.stringify(text)};\n`);
  renameSync(draft, target);
}

function list(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(folder, name));
}
