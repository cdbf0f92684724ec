// A charger's configuration keys: search, what can be written and what needs a restart, and the writing of one.

import { Explained } from "../components/charging_dialogs.js";
import { Dialog } from "../components/dialog.js";
import { ErrorNote } from "../components/feedback.js";
import { Field, Form } from "../components/form.js";
import { More, Table } from "../components/table.js";
import { get, put, v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, usePages } from "../lib/resource.js";
import { may } from "../lib/session.js";

const PAGE = 1000;

export function Configuration({ item }) {
  const path = v1("charge-points", item.charge_point_id, "configuration");
  const pages = usePages(path, { limit: PAGE });
  const [search, setSearch] = useState("");
  const [edited, setEdited] = useState(null);
  const refresh = useAction(async () => {
    await get(path, { refresh: true });
    pages.reload();
  });
  const wanted = search.trim().toLowerCase();
  const rows = (pages.items ?? []).filter(({ key, value }) => key.toLowerCase().includes(wanted) || (value ?? "").toLowerCase().includes(wanted));
  return html`
    <section aria-labelledby="configuration">
      <div class="heading">
        <h2 id="configuration">${t("configuration.title")}</h2>
        <div class="buttons">
          <button type="button" class="small secondary" disabled=${!item.online} aria-busy=${refresh.busy} onClick=${refresh.run}>${t("configuration.read")}</button>
        </div>
      </div>
      <${ErrorNote} error=${refresh.error ?? pages.error} retry=${pages.error && pages.reload} />
      ${pages.items?.length === 0 && html`<p class="quiet">${t("configuration.empty")}</p>`}
      ${pages.items?.length > 0 &&
      html`
        <div class="filters"><${Field} label=${t("configuration.search")} type="search" value=${search} onValue=${setSearch} /></div>
        <${Table} caption=${t("configuration.title")} columns=${columns(item, setEdited)} rows=${rows} keyOf=${({ key }) => key} />
        <${More} pages=${pages} />
      `}
      ${edited && html`<${EditDialog} path=${path} entry=${edited} onSaved=${pages.reload} onClose=${() => setEdited(null)} />`}
    </section>
  `;
}

const columns = (item, onEdit) => [
  { label: t("configuration.key"), cell: ({ key }) => html`<code class="foreign">${key}</code>` },
  { label: t("configuration.value"), cell: (entry) => html`<${Value} entry=${entry} />` },
  { label: t("configuration.flags"), cell: ({ readonly, reboot_required }) => html`<${Flags} readonly=${readonly} rebootRequired=${reboot_required} />` },
  ...(may("technician")
    ? [
        {
          label: t("actions"),
          cell: (entry) =>
            entry.readonly
              ? ""
              : html`<button type="button" class="small secondary" disabled=${!item.online} aria-label=${t("configuration.edit_label", { key: entry.key })} onClick=${() => onEdit(entry)}>${t("edit")}</button>`,
        },
      ]
    : []),
];

const Value = ({ entry: { value, wanted } }) => html`
  <span class="foreign">${value === null || value === "" ? html`<i class="quiet">${t("configuration.no_value")}</i>` : value}</span>
  ${wanted !== null && wanted !== undefined && wanted !== value && html`<small class="tone-wait foreign">${t("configuration.wanted", { value: wanted })}</small>`}
`;

const Flags = ({ readonly, rebootRequired }) => html`
  ${readonly && html`<span class="flag">${t("configuration.readonly")}</span>`}
  ${rebootRequired && html`<span class="flag tone-wait">${t("configuration.reboot_required")}</span>`}
`;

function EditDialog({ path, entry, onSaved, onClose }) {
  const [value, setValue] = useState(entry.value ?? "");
  const action = useAction(async () => {
    const answer = await put(`${path}/${encodeURIComponent(entry.key)}`, { value });
    onSaved();
    return answer;
  });
  return html`
    <${Dialog} title=${entry.key} onClose=${onClose}>
      ${action.result && html`<${Explained} action="ChangeConfiguration" answer=${action.result} />`}
      <${Form} action=${action} submit=${t("configuration.write")} onCancel=${onClose} cancel=${t("close")}>
        <${Field} label=${t("configuration.value")} spellcheck=${false} autocapitalize="none" error=${action.error?.fields?.value} value=${value} onValue=${setValue} />
      <//>
    <//>
  `;
}
