// Tags out to a CSV file and in from one, line by line, with a word on every line that did not go in.

import { Dialog, ErrorNote, Form, Note } from "../components/ui.js";
import { get, patch, post, save, v1 } from "../lib/api.js";
import { readCsv, writeCsv } from "../lib/csv.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";

const COLUMNS = ["id_tag", "note", "parent_id_tag", "expires_at", "max_active_transactions", "blocked"];
const PAGE = 1000;
const TRUE = new Set(["true", "1", "yes", "ja", "x", "wahr"]);

export async function exportTags() {
  const rows = [COLUMNS];
  let cursor = null;
  do {
    const { items, next } = await get(v1("id-tags"), { limit: PAGE, cursor });
    rows.push(...items.map((tag) => COLUMNS.map((name) => tag[name])));
    cursor = next;
  } while (cursor !== null);
  save(new Blob([writeCsv(rows)], { type: "text/csv" }), "id-tags.csv");
}

export function ImportDialog({ onImported, onClose }) {
  const [records, setRecords] = useState(null);
  const [done, setDone] = useState(0);
  const [faults, setFaults] = useState([]);
  const action = useAction(async () => {
    const failed = [];
    for (const [index, record] of records.entries()) {
      await importTag(record).catch((error) => failed.push({ line: index + 2, id_tag: record.id_tag, error }));
      setDone(index + 1);
    }
    setFaults(failed);
    onImported();
    return { imported: records.length - failed.length };
  });
  const choose = async (event) => {
    const file = event.target.files[0];
    setRecords(file ? readCsv(await file.text()) : null);
    setDone(0);
    setFaults([]);
    action.clear();
  };
  const usable = records?.length > 0 && records.every((record) => "id_tag" in record);
  return html`
    <${Dialog} title=${t("id_tags.import")} onClose=${onClose}>
      <p>${t("id_tags.import.help")} <code>${COLUMNS.join(", ")}</code></p>
      <${Form} action=${action} submit=${t("id_tags.import.submit", { count: usable ? records.length : 0 })} disabled=${!usable} onCancel=${onClose} cancel=${t("close")}>
        <label>${t("id_tags.import.file")} <input type="file" accept=".csv,text/csv" onChange=${choose} /></label>
        ${records && !usable && html`<${ErrorNote} error=${{ status: 400, message: t("id_tags.import.unusable") }} />`}
        ${action.busy && html`<progress value=${done} max=${records.length} aria-label=${t("id_tags.import")}></progress>`}
      <//>
      ${action.result &&
      html`<${Note} tone=${faults.length ? "attention" : "good"}>
        <p>${t("id_tags.import.done", { count: action.result.imported })}</p>
        <ul>${faults.map(({ line, id_tag, error }) => html`<li key=${line}>${t("id_tags.import.line", { line })} <b class="foreign">${id_tag}</b>: ${error.detail ?? error.message}</li>`)}</ul>
      <//>`}
    <//>
  `;
}

// Adds a tag, or changes the one that is there; a column that the file lacks is left alone.
async function importTag(record) {
  const body = {
    ...("note" in record && { note: record.note }),
    ...("parent_id_tag" in record && { parent_id_tag: record.parent_id_tag || null }),
    ...("expires_at" in record && { expires_at: record.expires_at || null }),
    ...("max_active_transactions" in record && { max_active_transactions: record.max_active_transactions === "" ? null : Number(record.max_active_transactions) }),
    ...("blocked" in record && { blocked: TRUE.has(record.blocked.toLowerCase()) }),
  };
  try {
    await post(v1("id-tags"), { id_tag: record.id_tag, ...body });
  } catch (error) {
    if (error.status !== 409) throw error;
    await patch(v1("id-tags", record.id_tag), body);
  }
}
