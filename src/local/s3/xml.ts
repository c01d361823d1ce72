/** What an XML element may hold: text, or elements by name; a list repeats the element, `undefined` leaves it out. @internal */
export type XmlContent =
  | string
  | number
  | boolean
  | { readonly [name: string]: XmlContent | readonly XmlContent[] | undefined };

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/**
 * Writes an XML document of S3.
 *
 * @param root - Name of the outermost element.
 * @param content - What it holds.
 * @returns The document's bytes.
 * @internal
 */
export function formatXml(root: string, content: XmlContent): Uint8Array {
  const start = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">`;
  return Buffer.from(`${start}${formatContent(content)}</${root}>`);
}

/**
 * Writes S3's error document, which has no namespace.
 *
 * @param elements - Code, message and the rest, in order.
 * @returns The document's bytes.
 * @internal
 */
export function formatErrorXml(elements: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${formatContent(elements)}</Error>`);
}

function formatContent(content: XmlContent): string {
  if (typeof content !== "object") return escapeXml(String(content));
  let xml = "";
  for (const [name, value] of Object.entries(content)) {
    if (value === undefined) continue;
    for (const item of isList(value) ? value : [value]) xml += `<${name}>${formatContent(item)}</${name}>`;
  }
  return xml;
}

function isList(value: XmlContent | readonly XmlContent[]): value is readonly XmlContent[] {
  return Array.isArray(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escapeXml(text: string): string {
  // Line breaks and control characters would be changed or refused by a reader unless they are written as numbers.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be escaped
  return text.replace(/[&<>"'\u0000-\u0008\u000a-\u001f\ufffe\uffff]/g, (character) => {
    return ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });
}
