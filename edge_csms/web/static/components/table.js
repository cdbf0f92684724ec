// A table that becomes a list of cards on a phone, and lists that come page by page, in whichever state they are.

import { NOTHING } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { ErrorNote, Loading } from "./feedback.js";

// columns: [{label, cell(row), numeric}]. The roles keep it a table for screen readers where styles turn it into blocks.
export function Table({ caption, columns, rows, keyOf }) {
  return html`
    <table class="cards" role="table">
      <caption>${caption}</caption>
      <thead role="rowgroup">
        <tr role="row">${columns.map(({ label, numeric }) => html`<th key=${label} role="columnheader" scope="col" class=${numeric ? "numeric" : ""}>${label}</th>`)}</tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => html`<tr key=${keyOf(row)} role="row">${columns.map((column) => html`<${Cell} key=${column.label} column=${column} row=${row} />`)}</tr>`)}
      </tbody>
    </table>
  `;
}

function Cell({ column, row }) {
  const content = column.cell(row);
  const classes = [column.numeric && "numeric", (content === NOTHING || content === "") && "nothing"].filter(Boolean).join(" ");
  return html`<td role="cell" class=${classes} data-label=${column.label}><div>${content}</div></td>`;
}

export function More({ pages }) {
  if (!pages.more) return null;
  return html`<p class="more"><button type="button" class="secondary" aria-busy=${pages.loading} onClick=${pages.more}>${t("show_more")}</button></p>`;
}

// What usePages of lib/resource.js gives: loading, failed, empty, or a table with more to come.
export function Listing({ pages, caption, columns, keyOf, empty }) {
  return html`
    <${ErrorNote} error=${pages.error} retry=${pages.reload} />
    ${pages.items === null
      ? pages.error === null && html`<${Loading} />`
      : pages.items.length === 0
        ? html`<p class="quiet">${empty}</p>`
        : html`<${Table} caption=${caption} columns=${columns} rows=${pages.items} keyOf=${keyOf} /><${More} pages=${pages} />`}
  `;
}
