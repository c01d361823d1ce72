const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Reads a timestamp of the profile that the States Language uses: RFC 3339 with an upper-case T and Z.
 *
 * @param text - Such as `2026-11-24T12:00:00Z`.
 * @returns Milliseconds since 1970, or `undefined` when it is none.
 * @internal
 */
export function parseTimestamp(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const parts = RFC3339.exec(text);
  if (parts === null) return undefined;
  const [month, day] = [Number(parts[2]), Number(parts[3])];
  const daysOfMonth = new Date(Date.UTC(Number(parts[1]), month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth) return undefined;
  const fraction = parts[7] === undefined ? "" : `.${parts[7].slice(0, 3)}`;
  const milliseconds = Date.parse(`${text.slice(0, 17)}${text.slice(17, 19)}${fraction}${parts[8]}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
