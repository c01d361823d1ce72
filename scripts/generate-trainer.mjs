/*
 * Compiles the trainer's kernels (assembly/) to WebAssembly and bundles its worker program and that of the local
 * Lambda, and writes them as text into generated/ beside them. Workers start from that text, so that ESM, CommonJS,
 * bundlers and tests load them alike. Does nothing when the inputs are those of the last run.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const trainer = join(root, "src/local/training");
const lambda = join(root, "src/local/lambda");
const generated = join(trainer, "generated");

/** Most memory that a training job may use, in WebAssembly pages of 64 KiB; also in kernels.ts. */
const MAXIMUM_PAGES = 32_768;

const inputs = [
  ...list(join(root, "assembly")),
  ...list(trainer),
  ...list(lambda),
  fileURLToPath(import.meta.url),
  join(root, "package-lock.json"),
];
const hash = createHash("sha256");
for (const file of inputs) hash.update(file.slice(root.length)).update(readFileSync(file));
const stamp = hash.digest("hex");
const stampFile = join(generated, "stamp.txt");

const outputs = [
  join(generated, "kernels.ts"),
  join(generated, "worker-source.ts"),
  join(lambda, "generated/environment-source.ts"),
];
if (!outputs.every(existsSync) || !existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  mkdirSync(generated, { recursive: true });
  mkdirSync(join(lambda, "generated"), { recursive: true });
  const kernels = await compileKernels();
  const worker = await bundleWorker(join(trainer, "worker.ts"));
  const environment = await bundleWorker(join(lambda, "bundle-worker.ts"));
  const [kernelsFile, workerFile, environmentFile] = outputs;
  write(kernelsFile, "KERNELS_BASE64", "The compiled kernels.", Buffer.from(kernels).toString("base64"));
  write(workerFile, "WORKER_SOURCE", "The worker program.", worker);
  write(environmentFile, "ENVIRONMENT_SOURCE", "The program of an execution environment of Lambda.", environment);
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

async function bundleWorker(entry) {
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [entry],
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
function write(target, name, comment, text) {
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
