// What a charger delivered, read in the browser: as text, with a search; what is no text can only be saved.

import { Dialog, ErrorNote, Field, Loading, Note } from "../components/ui.js";
import { get, v1 } from "../lib/api.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";

const MOST_LINES = 2000;

export function FileViewer({ job, onClose }) {
  const [search, setSearch] = useState("");
  const action = useAction(() => get(v1("jobs", String(job.job_id), "file"), { as_text: true }, { as: "text" }));
  useEffect(() => {
    action.run();
  }, []);
  const text = action.result;
  const wanted = search.trim().toLowerCase();
  const lines = text === null || text.includes("\0") ? [] : text.split("\n").filter((line) => line.toLowerCase().includes(wanted));
  return html`
    <${Dialog} title=${job.file_name ?? t("files.read")} wide onClose=${onClose}>
      <${ErrorNote} error=${action.error} />
      ${text === null
        ? !action.error && html`<${Loading} />`
        : text.includes("\0")
          ? html`<${Note}><p>${t("files.no_text")}</p><//>`
          : html`
              <${Field} label=${t("files.search")} type="search" value=${search} onValue=${setSearch} />
              <p class="quiet">${t("files.lines", { count: lines.length, shown: number(Math.min(lines.length, MOST_LINES)) })}</p>
              <pre class="foreign file" tabindex="0">${lines.slice(0, MOST_LINES).join("\n")}</pre>
            `}
    <//>
  `;
}
