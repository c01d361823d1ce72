import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { S3Error } from "../../../src/local/s3/s3-error.js";
import { formatXml } from "../../../src/local/s3/xml.js";
import { childText, parseXml } from "../../../src/local/s3/xml-parser.js";

describe("the XML of S3", () => {
  it("reads back any text that it wrote", () => {
    const text = fc.string({ unit: "binary", maxLength: 50 }).filter((value) => !value.includes("\u0000"));
    fc.assert(
      fc.property(text, (value) => {
        const document = Buffer.from(formatXml("Root", { Key: `.${value}.` })).toString();
        expect(childText(parseXml(document, "Root"), "Key")).toBe(`.${value}.`);
      }),
    );
  });

  it("reads declarations, namespaces, attributes, comments, empty elements and entities", () => {
    const root = parseXml(
      `<?xml version="1.0"?>\n<s:Delete xmlns:s="x"><!-- why --><Object a='1'><Key>a&amp;&#x62;&#99;&apos;</Key></Object><Quiet/></s:Delete>\n`,
      "Delete",
    );
    expect(root.children.map(({ name }) => name)).toEqual(["Object", "Quiet"]);
    expect(root.children[0]?.children[0]?.text).toBe("a&bc'");
  });

  it.each([
    ["nothing", ""],
    ["text", "hello"],
    ["another root", "<Other/>"],
    ["two roots", "<Delete/><Delete/>"],
    ["an element left open", "<Delete><Key></Delete>"],
    ["a document type", '<!DOCTYPE Delete [<!ENTITY a "b">]><Delete>&a;</Delete>'],
    ["an entity of its own", "<Delete>&a;</Delete>"],
    ["an entity from Object.prototype", "<Delete>&constructor;</Delete>"],
    ["a bare ampersand", "<Delete>a & b</Delete>"],
    ["a character that does not exist", "<Delete>&#x110000;</Delete>"],
    ["CDATA", "<Delete><![CDATA[a]]></Delete>"],
    ["a processing instruction", "<Delete><?a b?></Delete>"],
    ["deep nesting", `<Delete>${"<a>".repeat(20)}${"</a>".repeat(20)}</Delete>`],
    ["far too many elements", `<Delete>${"<a/>".repeat(50_001)}</Delete>`],
  ])("refuses %s", (_what, document) => {
    expect(() => parseXml(document, "Delete")).toThrow(S3Error);
  });

  it("refuses what is damaged, and never fails otherwise", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.nat(30), (noise, at) => {
        const whole = "<Delete><Object><Key>a</Key></Object></Delete>";
        try {
          expect(parseXml(whole.slice(0, at) + noise + whole.slice(at), "Delete").name).toBe("Delete");
        } catch (error) {
          expect(error).toBeInstanceOf(S3Error);
        }
      }),
    );
  });
});
