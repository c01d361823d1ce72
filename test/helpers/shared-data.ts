import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Finds a file or folder of the real material that lies beside a checkout and is never part of it.
 * Tests that need it skip, and say so in their name, where it is absent.
 */
export function sharedData(path: string): string | undefined {
  const found = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
  return existsSync(found) ? found : undefined;
}
