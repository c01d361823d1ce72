/** Letters, digits, dot, hyphen and underscore, not hidden, of a length that every file system takes. */
const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;
/** Names that Windows keeps for devices, whatever their extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const MAX_STEM = 150;

/**
 * Tells whether a name may become a file and a key as it is.
 *
 * @param name - A file name from an archive or from a program.
 * @returns Whether it is plain.
 * @internal
 */
export function isSafeName(name: unknown): name is string {
  return typeof name === "string" && SAFE_NAME.test(name) && !DEVICE_NAME.test(name) && !name.endsWith(".");
}

/**
 * Makes a name of which {@link isSafeName} holds: other characters become underscores.
 *
 * @param name - Any file name.
 * @returns Its name without extension, made safe, with the extension `.png`.
 * @internal
 */
export function makeSafeName(name: string): string {
  const stem = name
    .replace(/\.[^.]*$/, "")
    .replaceAll(/[^A-Za-z0-9._-]/g, "_")
    .slice(0, MAX_STEM);
  const safe = `${stem}.png`;
  return isSafeName(safe) ? safe : `_${safe}`;
}
