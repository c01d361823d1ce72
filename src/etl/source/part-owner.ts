import { randomBytes } from "node:crypto";
import { lstat, readdir, rename, rm, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** A part file that nobody writes into. */
interface FreePart {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Names a part file that belongs to this run alone: two runs never write into one part.
 *
 * @param path - The file to download.
 * @returns The path of a part beside it.
 * @internal
 */
export function choosePartPath(path: string): string {
  return `${path}.${thisHost()}-${process.pid}-${randomBytes(8).toString("hex")}.part`;
}

/**
 * Names the part file that a run gives up, so that the next one finds it.
 *
 * @param path - The file to download.
 * @returns The path of the released part beside it.
 * @internal
 */
export function releasedPartPath(path: string): string {
  return `${path}.part`;
}

/**
 * Takes over the largest part that an earlier run left, and removes the smaller ones.
 *
 * @param path - The file to download.
 * @param own - What the part is called from now on.
 * @param maxBytes - A part with more bytes is of no use.
 * @returns Whether there was one.
 * @internal
 */
export async function takeOverPart(path: string, own: string, maxBytes: number): Promise<boolean> {
  const free = (await findFreeParts(path)).toSorted((one, other) => other.bytes - one.bytes);
  let isTaken = false;
  for (const part of free) {
    if (!isTaken && part.bytes > 0 && part.bytes <= maxBytes) isTaken = await tryTake(part.path, own);
    else await rm(part.path, { force: true });
  }
  return isTaken;
}

/**
 * Removes the parts that earlier runs left.
 *
 * @param path - The file that was downloaded.
 * @internal
 */
export async function removeFreeParts(path: string): Promise<void> {
  for (const part of await findFreeParts(path)) await rm(part.path, { force: true });
}

/** A rename succeeds for one run only, so that no part is taken twice. */
async function tryTake(free: string, own: string): Promise<boolean> {
  try {
    // Before the rename: under its new name an old part would look as if a former process with our id had left it.
    const now = new Date();
    await utimes(free, now, now);
    await rename(free, own);
    return true;
  } catch {
    return false;
  }
}

async function findFreeParts(path: string): Promise<FreePart[]> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const free: FreePart[] = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith(".part")) continue;
    const candidate = join(folder, name);
    const status = await lstat(candidate).catch(() => undefined);
    if (status === undefined || !status.isFile()) continue;
    const owner = name === `${prefix}part` ? undefined : parseOwner(name.slice(prefix.length));
    if (owner === "unknown" || (owner !== undefined && isAlive(owner, status.mtimeMs))) continue;
    free.push({ path: candidate, bytes: status.size });
  }
  return free;
}

/** The process that a part's name tells; `"unknown"` for one of another host, which cannot be asked. */
function parseOwner(name: string): number | "unknown" {
  const [, host, pid] = /^(.+)-(\d{1,10})-[^-]+\.part$/.exec(name) ?? [];
  return host === thisHost() && pid !== undefined ? Number(pid) : "unknown";
}

function isAlive(pid: number, writtenAtMs: number): boolean {
  // In containers every process may get the same id: what is older than this process is not its own.
  if (pid === process.pid) return writtenAtMs >= Date.now() - process.uptime() * 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function thisHost(): string {
  return hostname().replaceAll(/[^A-Za-z0-9._-]/g, "_");
}
