// A charger's configuration keys: search, what can be written and what needs a restart, the writing of one, and its templates.

import { Dialog, ErrorNote, Explained, Field, Form, More, Note, Section, Table } from "../components/ui.js";
import { get, post, put, v1 } from "../lib/api.js";
import { moment } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useEvery, usePages } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";

const PAGE = 1000;
const LOOK_AGAIN_MS = 2000;
const LOOKS = 3;

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
  const read = html`<button type="button" class="small secondary" disabled=${!item.online} aria-busy=${refresh.busy} onClick=${refresh.run}>${t("configuration.read")}</button>`;
  return html`
    <${Section} id="configuration" title=${t("configuration.title")} actions=${read}>
      <${ErrorNote} error=${refresh.error ?? pages.error} retry=${pages.error && pages.reload} />
      <${Templates} path=${path} entries=${pages.items ?? []} onChanged=${pages.reload} />
      ${pages.items?.length === 0 && html`<p class="quiet">${t("configuration.empty")}</p>`}
      ${pages.items?.length > 0 &&
      html`
        <div class="filters"><${Field} label=${t("configuration.search")} type="search" value=${search} onValue=${setSearch} /></div>
        <${Table} caption=${t("configuration.title")} columns=${columns(item, setEdited)} rows=${rows} keyOf=${({ key }) => key} />
        <${More} pages=${pages} />
      `}
      ${edited && html`<${EditDialog} path=${path} entry=${edited} onSaved=${pages.reload} onClose=${() => setEdited(null)} />`}
    <//>
  `;
}

// How far the charger is from its templates, and what became of the last change that was asked for.
function Templates({ path, entries, onChanged }) {
  const changes = usePages(`${path}/changes`, { limit: 1 });
  const last = changes.items?.[0];
  const isOpen = last && last.finished_at === null;
  const [looks, setLooks] = useState(0); // that are still to be taken: the charger's settings are read once more at the end
  const ask = useAction(async (what) => {
    await post(`${path}/${what}`);
    changes.reload();
    setLooks(LOOKS);
  });
  useEvery(LOOK_AGAIN_MS, isOpen || looks > 0, () => {
    changes.reload();
    onChanged();
    setLooks(looks - 1);
  });
  const drifted = entries.filter(({ drift }) => drift).length;
  const button = (what, text) => html`<button type="button" class="small secondary" disabled=${isOpen} aria-busy=${ask.busy} onClick=${() => ask.run(what)}>${text}</button>`;
  return html`
    ${drifted > 0 && html`<${Note}><p>${t("template.drifted", { count: drifted })}</p><//>`}
    ${last && html`<p class="quiet">${t("template.last", { at: moment(last.asked_at), by: last.asked_by, keys: Object.keys(last.wanted).join(", ") })} ${word("template_state", last.state)}</p>`}
    <${ErrorNote} error=${ask.error} />
    <p class="buttons">
      ${may("technician") && html`${drifted > 0 && button("apply", t("template.apply"))} ${last && !isOpen && button("revert", t("template.revert"))}`}
      <a href=${href(["templates"])}>${t("template.title")}</a>
    </p>
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

const Value = ({ entry: { value, wanted, drift, template_value, secret } }) => html`
  <span class="foreign">${value === null || value === "" ? html`<i class="quiet">${t(secret ? "configuration.secret" : "configuration.no_value")}</i>` : value}</span>
  ${wanted !== null && wanted !== value && html`<small class="tone-wait foreign">${t("configuration.wanted", { value: wanted })}</small>`}
  ${drift && html`<small class="tone-wait foreign">${t("template.value", { value: template_value })}</small>`}
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
