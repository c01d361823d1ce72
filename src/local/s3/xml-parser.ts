import { malformedXml } from "./s3-error.js";

/** An element of a request's XML. @internal */
export interface XmlElement {
  readonly name: string;
  /** Its own text, without that of its children. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

const MAX_DEPTH = 8;
const MAX_ELEMENTS = 50_000;
const TOKEN =
  /<\/([\w.:-]+)\s*>|<([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<!--(?:(?!--)[\s\S])*-->|[^<]+/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads the small XML documents that S3 clients send. Document types, processing instructions, CDATA and entities of one's own
 * are refused, so that nothing can be expanded or loaded; prefixes of names are dropped.
 *
 * @param text - The document.
 * @param rootName - Name that the outermost element must have.
 * @returns The outermost element.
 * @throws {@link S3Error} `MalformedXML`.
 * @internal
 */
export function parseXml(text: string, rootName: string): XmlElement {
  const source = text.replace(/^\uFEFF?\s*(?:<\?xml\s[^<>?]*\?>)?\s*/, "").trimEnd();
  const open: OpenElement[] = [{ name: "", text: "", children: [] }];
  let elements = 0;
  const token = new RegExp(TOKEN);
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    const current = open.at(-1);
    if (match === null || current === undefined) throw malformedXml();
    const [whole, closing, opening, , selfClosing] = match;
    if (opening !== undefined) {
      if (++elements > MAX_ELEMENTS || open.length > MAX_DEPTH) throw malformedXml();
      const element: OpenElement = { name: localName(opening), text: "", children: [] };
      current.children.push(element);
      if (selfClosing === "") open.push(element);
    } else if (closing !== undefined) {
      if (open.length === 1 || current.name !== localName(closing)) throw malformedXml();
      open.pop();
    } else if (!whole.startsWith("<")) {
      current.text += decodeEntities(whole);
    }
  }
  const [outside] = open;
  const root = outside?.children[0];
  const isWhole = open.length === 1 && outside?.children.length === 1 && outside.text.trim() === "";
  if (!isWhole || root?.name !== rootName) throw malformedXml();
  return root;
}

/**
 * Reads the text of a child element.
 *
 * @param element - The parent.
 * @param name - The child's name.
 * @returns Its text, trimmed; `undefined` when there is none.
 * @throws {@link S3Error} `MalformedXML` when there are several.
 * @internal
 */
export function childText(element: XmlElement, name: string): string | undefined {
  const found = element.children.filter((child) => child.name === name);
  if (found.length > 1) throw malformedXml();
  return found[0]?.text.trim();
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function decodeEntities(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/&([^;&\s]{0,12})(;?)/g, (_whole, name: string, end: string) => {
    if (end === "") throw malformedXml();
    const named = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (named !== undefined) return named;
    const match = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    if (match === null) throw malformedXml();
    const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw malformedXml();
    return String.fromCodePoint(code);
  });
}
