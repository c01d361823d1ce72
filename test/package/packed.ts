import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A project that has installed what `npm pack` makes. */
export interface Project {
  /** Folder of the project. */
  readonly folder: string;
  /** Files of the package. */
  readonly files: readonly string[];
  /** Writes a file and runs it with Node; returns what it prints. */
  run(name: string, code: string): string;
  /** Removes the project. */
  remove(): void;
}

/** Packs the finished build and unpacks it as an installed package, inside the checkout so that its dependencies resolve. */
export function createProject(): Project {
  const folder = mkdtempSync(join(ROOT, "node_modules", ".project-"));
  const home = join(folder, "node_modules", "scones-ml");
  mkdirSync(home, { recursive: true });
  const npm: ExecFileSyncOptionsWithStringEncoding = {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  };
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder], npm)) as [
    { filename: string; files: { path: string }[] },
  ];
  execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", home, "--strip-components", "1"]);
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true }');
  return {
    folder,
    files: packed.files.map(({ path }) => path),
    run(name, code) {
      writeFileSync(join(folder, name), code);
      return execFileSync(process.execPath, [join(folder, name)], {
        encoding: "utf8",
        env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
      });
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
