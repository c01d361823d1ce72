/**
 * Reads the rows of a file of comma-separated values: RFC 4180, with quoted fields that may hold delimiters, line
 * breaks and doubled quotes. Empty lines are no rows.
 *
 * @param text - The file.
 * @param delimiter - Between two fields; one character.
 * @returns The fields of each row.
 * @internal
 */
export function parseCsv(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let position = text.startsWith("\ufeff") ? 1 : 0;
  const endRow = () => {
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  while (position < text.length) {
    const { value, end } = text[position] === '"' ? readQuoted(text, position + 1) : { value: "", end: position };
    const stop = findEnd(text, end, delimiter);
    row.push(value + text.slice(end, stop));
    position = stop + 1;
    if (text[stop] === delimiter) {
      // A delimiter at the end of the text still begins a field.
      if (position >= text.length) row.push("");
      else continue;
    } else if (text[stop] === "\r" && text[position] === "\n") position++;
    endRow();
  }
  return rows;
}

function readQuoted(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = "";
  let position = start;
  for (;;) {
    const quote = text.indexOf('"', position);
    if (quote < 0) return { value: value + text.slice(position), end: text.length };
    value += text.slice(position, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    position = quote + 2;
  }
}

function findEnd(text: string, start: number, delimiter: string): number {
  let position = start;
  while (position < text.length) {
    const character = text[position];
    if (character === delimiter || character === "\n" || character === "\r") break;
    position++;
  }
  return position;
}
