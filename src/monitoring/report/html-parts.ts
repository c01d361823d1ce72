import { escapeHtml } from "../../core/plain-text.js";

/** A cell of a table: a text, or a number, which stands to the right. @internal */
export type Cell = string | { readonly number: string; readonly isAlarm?: boolean };

/** A column of a table. @internal */
export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  /** Whether narrow screens leave it out. */
  readonly isWide?: boolean;
  /** Whether it holds paths, which break anywhere. */
  readonly isPath?: boolean;
}

/** A row of a table, with the span of time by which the script finds it. @internal */
export interface Row {
  readonly cells: readonly Cell[];
  readonly span?: { readonly from: number; readonly to: number };
}

/** Writes a section: a heading and what belongs to it. @internal */
export function section(heading: string, ...parts: readonly string[]): string {
  const content = parts.filter((part) => part !== "");
  return content.length === 0 ? "" : `<section>\n<h2>${escapeHtml(heading)}</h2>\n${content.join("\n")}\n</section>`;
}

/** Writes a paragraph. @internal */
export function paragraph(words: string, className?: string): string {
  if (words === "") return "";
  return `<p${className === undefined ? "" : ` class="${className}"`}>${escapeHtml(words)}</p>`;
}

/** Writes a table; the first cell of a row names it. @internal */
export function table(columns: readonly Column[], rows: readonly Row[]): string {
  const classOf = (index: number, isAlarm = false) => {
    const { isNumber, isWide, isPath } = columns[index] ?? {};
    const classes = [
      isNumber ? "number" : "",
      isWide ? "wide-only" : "",
      isPath ? "path" : "",
      isAlarm ? "alarm" : "",
    ].filter((each) => each !== "");
    return classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  };
  const head = columns.map(({ name }, index) => `<th scope="col"${classOf(index)}>${escapeHtml(name)}</th>`);
  const body = rows.map(({ cells, span }) => {
    const data = span === undefined ? "" : ` class="mark" data-from="${span.from}" data-to="${span.to}"`;
    const written = cells.map((cell, index) => {
      const [content, isAlarm] = typeof cell === "string" ? [cell, false] : [cell.number, cell.isAlarm];
      const attributes = classOf(index, isAlarm);
      const text = content === "" ? "" : escapeHtml(content);
      return index === 0 ? `<th scope="row"${attributes}>${text}</th>` : `<td${attributes}>${text}</td>`;
    });
    return `<tr${data}>${written.join("")}</tr>`;
  });
  const first = columns.every(({ name }) => name === "") ? "" : `<thead><tr>${head.join("")}</tr></thead>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(columns[0]?.name || "Table")}"><table>${first}<tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

/** Writes a table of names and values. @internal */
export function factTable(facts: readonly { readonly name: string; readonly value: string | number }[]): string {
  return table(
    [{ name: "" }, { name: "" }],
    facts.map(({ name, value }) => ({ cells: [name, String(value)] })),
  );
}
