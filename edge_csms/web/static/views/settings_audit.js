// The trail: who commanded, accepted, edited or deleted what, from where, and with which result.

import { ErrorNote, Loading, More, Table } from "../components/ui.js";
import { v1 } from "../lib/api.js";
import { moment } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { usePages } from "../lib/resource.js";

const PAGE = 25;

export function Audit() {
  const pages = usePages(v1("audit"), { limit: PAGE });
  return html`
    <section aria-labelledby="audit">
      <h2 id="audit">${t("audit.title")}</h2>
      <${ErrorNote} error=${pages.error} retry=${pages.reload} />
      ${pages.items === null
        ? pages.error === null && html`<${Loading} />`
        : pages.items.length === 0
          ? html`<p class="quiet">${t("audit.empty")}</p>`
          : html`<${Table} caption=${t("audit.title")} columns=${COLUMNS()} rows=${pages.items} keyOf=${(entry) => JSON.stringify(entry)} />`}
      <${More} pages=${pages} />
    </section>
  `;
}

const COLUMNS = () => [
  { label: t("audit.at"), cell: ({ at }) => moment(at, "exact") },
  { label: t("audit.who"), cell: ({ username, address }) => html`<span class="foreign">${username}</span><small class="quiet foreign">${address}</small>` },
  { label: t("audit.action"), cell: ({ action }) => html`<span class="foreign">${word("audit_action", action)}</span>` },
  { label: t("audit.subject"), cell: ({ subject, details }) => html`<span class="foreign">${subject}</span><small class="quiet foreign">${details}</small>` },
  { label: t("audit.result"), cell: ({ result }) => html`<span class="foreign">${word("audit_result", result)}</span>` },
];
