/**
 * Names an address in a message, without what may be secret in it: user, password and query.
 *
 * @param url - The address.
 * @returns Its scheme, host and path.
 * @internal
 */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
