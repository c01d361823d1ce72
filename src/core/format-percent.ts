/**
 * Writes a share for people.
 *
 * @param share - The share, 0 to 1.
 * @returns Such as `89.5 %`.
 * @internal
 */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
