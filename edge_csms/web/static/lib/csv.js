// Tables as CSV: written so that no spreadsheet runs a cell as a formula, read as spreadsheets of several countries write them.

const FORMULA = /^[=+\-@\t\r]/;

// Gives the text of a CSV file from rows of cells; null and undefined become empty.
export const writeCsv = (rows) => rows.map((row) => row.map(writeCell).join(",") + "\r\n").join("");

function writeCell(value) {
  const text = String(value ?? "");
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// Gives a list of records by the names of the first line; the separator is the one that occurs there: comma, semicolon or tab.
export function readCsv(text) {
  const plain = text.replace(/^\uFEFF/, "");
  const heading = plain.slice(0, plain.search(/[\r\n]|$/));
  const separator = [";", "\t"].find((mark) => heading.includes(mark)) ?? ",";
  const [names = [], ...rows] = cells(plain, separator).filter((row) => row.some((cell) => cell.trim() !== ""));
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name.trim().toLowerCase(), readCell(row[index] ?? "")])));
}

const readCell = (text) => (text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text).trim();

function cells(text, separator) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    const row = rows.at(-1);
    if (quoted && mark === '"' && text[at + 1] === '"') row[row.length - 1] += text[++at];
    else if (mark === '"' && (quoted || row.at(-1) === "")) quoted = !quoted;
    else if (quoted) row[row.length - 1] += mark;
    else if (mark === separator) row.push("");
    else if (mark === "\n") rows.push([""]);
    else if (mark !== "\r") row[row.length - 1] += mark;
  }
  return rows;
}
