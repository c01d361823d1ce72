import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import type { LocalAwsOptions } from "../../../src/local/local-aws-options.js";

/** Local AWSs over one directory, which can be restarted properly or as after a crash. */
export class Restarts {
  readonly #root = mkdtempSync(join(tmpdir(), "scones-restarts-"));
  readonly #started: LocalAws[] = [];
  #count = 0;

  /** The directory of the latest one. */
  get directory(): string {
    return join(this.#root, String(this.#count));
  }

  /** Starts one over what is there. */
  async start(options: LocalAwsOptions = {}): Promise<LocalAws> {
    const local = await createLocalAws({ trainer: { network: "small" }, ...options, directory: this.directory });
    this.#started.push(local);
    return local;
  }

  /** Closes the latest one, and starts another. */
  async restart(options?: LocalAwsOptions): Promise<LocalAws> {
    await this.#started.at(-1)?.close();
    return this.start(options);
  }

  /** Starts another over what a crash at this moment would leave; the old one goes on with files of its own. */
  async crash(options?: LocalAwsOptions): Promise<LocalAws> {
    const before = this.directory;
    this.#count++;
    cpSync(before, this.directory, { recursive: true });
    return this.start(options);
  }

  /** Closes all and removes every file. */
  async end(): Promise<void> {
    for (const local of this.#started) await local.close();
    rmSync(this.#root, { recursive: true });
  }
}
