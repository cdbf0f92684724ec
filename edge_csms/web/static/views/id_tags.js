// The tags that may charge: search, add, learn, change, block, delete, in and out as CSV.

import { Checkbox, Confirm, Dialog, Empty, ErrorNote, Field, Form, Heading, Icon, Loading, More, Table } from "../components/ui.js";
import { patch, post, remove, v1 } from "../lib/api.js";
import { serverNow } from "../lib/clock.js";
import { moment, NOTHING } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction, usePages } from "../lib/resource.js";
import { route, setQuery } from "../lib/router.js";
import { may } from "../lib/session.js";
import { forgetUnknownTag } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { fromLocal, toLocal } from "../lib/zone.js";
import { exportTags, ImportDialog } from "./id_tags_csv.js";
import { LearnDialog } from "./id_tags_learn.js";

const PAGE = 1000;

export function IdTagsView() {
  const { query } = useStore(route); // ?add=TAG opens the dialog for a tag that was seen somewhere
  const pages = usePages(v1("id-tags"), { limit: PAGE });
  const [edited, setEdited] = useState(null); // a tag, or {} for a new one
  const [deleted, setDeleted] = useState(null);
  const [learning, setLearning] = useState(false);
  const [importing, setImporting] = useState(false);
  const [search, setSearch] = useState("");
  const csv = useAction(exportTags);
  const open = edited ?? (query.add !== undefined && may("technician") ? { proposed: query.add } : null);
  const learnt = (idTag) => {
    setLearning(false);
    setEdited({ proposed: idTag });
  };
  const close = () => {
    setEdited(null);
    if (query.add !== undefined) setQuery({});
  };
  return html`
    <${Heading} title=${t("id_tags.title")}>
      <button type="button" class="secondary" aria-busy=${csv.busy} onClick=${csv.run}><${Icon} name="download" /> ${t("id_tags.export")}</button>
      ${may("technician") &&
      html`
        <button type="button" class="secondary" onClick=${() => setImporting(true)}>${t("id_tags.import.button")}</button>
        <button type="button" class="secondary" onClick=${() => setLearning(true)}>${t("learn.button")}</button>
        <button type="button" onClick=${() => setEdited({})}><${Icon} name="add" /> ${t("id_tags.add")}</button>
      `}
    <//>
    <${ErrorNote} error=${csv.error ?? pages.error} retry=${pages.error && pages.reload} />
    ${pages.items === null && pages.error === null && html`<${Loading} />`}
    ${pages.items?.length === 0 && html`<${Empty}><p>${t(may("technician") ? "id_tags.empty" : "id_tags.empty.viewer")}</p><//>`}
    ${pages.items?.length > 0 &&
    html`
      <div class="filters"><${Field} label=${t("id_tags.search")} type="search" value=${search} onValue=${setSearch} /></div>
      <${List} items=${pages.items} search=${search.trim().toLowerCase()} onEdit=${setEdited} onDelete=${setDeleted} onChanged=${pages.edit} />
      <${More} pages=${pages} />
    `}
    ${open && html`<${TagDialog} tag=${open} onSaved=${pages.reload} onClose=${close} />`}
    ${learning && html`<${LearnDialog} onLearnt=${learnt} onClose=${() => setLearning(false)} />`}
    ${importing && html`<${ImportDialog} onImported=${pages.reload} onClose=${() => setImporting(false)} />`}
    ${deleted && html`<${DeleteDialog} tag=${deleted} onDeleted=${pages.reload} onClose=${() => setDeleted(null)} />`}
  `;
}

function List({ items, search, onEdit, onDelete, onChanged }) {
  const block = useAction(async (tag) => {
    const changed = await patch(v1("id-tags", tag.id_tag), { blocked: !tag.blocked });
    onChanged((all) => all.map((known) => (known.id_tag === tag.id_tag ? changed : known)));
    notify(t(changed.blocked ? "id_tags.is_blocked" : "id_tags.is_unblocked", { id_tag: tag.id_tag }));
  });
  const shown = items.filter((tag) => [tag.id_tag, tag.note, tag.parent_id_tag].some((text) => text?.toLowerCase().includes(search)));
  if (shown.length === 0) return html`<${Empty}><p>${t("nothing_matches")}</p><//>`;
  const buttons = { label: t("actions"), cell: (tag) => html`<${Buttons} tag=${tag} onEdit=${onEdit} onDelete=${onDelete} onBlock=${block.run} />` };
  return html`
    <${ErrorNote} error=${block.error} />
    <${Table} caption=${t("id_tags.title")} columns=${may("technician") ? [...COLUMNS(), buttons] : COLUMNS()} rows=${shown} keyOf=${(tag) => tag.id_tag} />
  `;
}

const COLUMNS = () => [
  { label: t("id_tag.id_tag"), cell: (tag) => html`<code class="foreign">${tag.id_tag}</code>` },
  { label: t("id_tag.note"), cell: (tag) => html`<span class="foreign">${tag.note || NOTHING}</span>` },
  { label: t("id_tag.state"), cell: (tag) => html`<${TagState} tag=${tag} />` },
  { label: t("id_tag.parent_id_tag"), cell: (tag) => html`<span class="foreign">${tag.parent_id_tag ?? NOTHING}</span>` },
  { label: t("id_tag.expires_at"), cell: (tag) => (tag.expires_at ? moment(tag.expires_at) : t("id_tag.never")) },
];

function TagState({ tag }) {
  if (tag.blocked) return html`<span class="status tone-fault"><${Icon} name="unavailable" /> ${t("id_tag.blocked")}</span>`;
  if (tag.expires_at && Date.parse(tag.expires_at) < serverNow()) return html`<span class="status tone-wait"><${Icon} name="reserved" /> ${t("id_tag.expired")}</span>`;
  return html`<span class="status tone-free"><${Icon} name="finishing" /> ${t("id_tag.valid")}</span>`;
}

const Buttons = ({ tag, onEdit, onDelete, onBlock }) => html`
  <div class="buttons">
    <button type="button" class="small secondary" aria-label=${t("id_tags.edit_label", tag)} onClick=${() => onEdit(tag)}>${t("edit")}</button>
    <button type="button" class="small secondary" aria-label=${t(tag.blocked ? "id_tags.unblock_label" : "id_tags.block_label", tag)} onClick=${() => onBlock(tag)}>
      ${t(tag.blocked ? "id_tags.unblock" : "id_tags.block")}
    </button>
    <button type="button" class="small danger" aria-label=${t("id_tags.delete_label", tag)} onClick=${() => onDelete(tag)}>${t("delete")}</button>
  </div>
`;

function TagDialog({ tag, onSaved, onClose }) {
  const isNew = tag.id_tag === undefined;
  const [fields, setFields] = useState({
    id_tag: tag.id_tag ?? tag.proposed ?? "",
    note: tag.note ?? "",
    parent_id_tag: tag.parent_id_tag ?? "",
    expires_at: toLocal(tag.expires_at),
    max_active_transactions: tag.max_active_transactions?.toString() ?? "",
    blocked: tag.blocked ?? false,
  });
  const action = useAction(async () => {
    const { id_tag, ...body } = bodyOf(fields);
    await (isNew ? post(v1("id-tags"), { id_tag, ...body }) : patch(v1("id-tags", tag.id_tag), body));
    forgetUnknownTag(id_tag);
    onSaved();
    notify(t("id_tags.saved", { id_tag }));
    onClose();
  });
  const field = (name, input) => html`
    <${Field} label=${t(`id_tag.${name}`)} name=${name} error=${action.error?.fields?.[name]} value=${fields[name]} onValue=${(value) => setFields({ ...fields, [name]: value })} ...${input} />
  `;
  return html`
    <${Dialog} title=${isNew ? t("id_tags.add") : tag.id_tag} onClose=${onClose}>
      <${Form} action=${action} submit=${t("save")} onCancel=${onClose}>
        ${isNew && field("id_tag", { required: true, maxlength: 20, autocomplete: "off", autocapitalize: "none", spellcheck: false, help: t("id_tag.id_tag.help") })}
        ${field("note", { help: t("id_tag.note.help") })}
        ${field("parent_id_tag", { maxlength: 20, spellcheck: false, help: t("id_tag.parent_id_tag.help") })}
        ${field("expires_at", { type: "datetime-local", help: t("id_tag.expires_at.help") })}
        ${field("max_active_transactions", { type: "number", min: 1, step: 1, help: t("id_tag.max_active_transactions.help") })}
        <${Checkbox} label=${t("id_tag.blocked")} checked=${fields.blocked} onValue=${(blocked) => setFields({ ...fields, blocked })} />
      <//>
    <//>
  `;
}

const bodyOf = (fields) => ({
  id_tag: fields.id_tag.trim(),
  note: fields.note,
  parent_id_tag: fields.parent_id_tag.trim() || null,
  expires_at: fromLocal(fields.expires_at),
  max_active_transactions: fields.max_active_transactions === "" ? null : Number(fields.max_active_transactions),
  blocked: fields.blocked,
});

const DeleteDialog = ({ tag, onDeleted, onClose }) => html`
  <${Confirm} title=${t("id_tags.delete_title", tag)} submit=${t("delete")} onClose=${onClose}
    onConfirm=${async () => {
      await remove(v1("id-tags", tag.id_tag));
      onDeleted();
    }}>
    <p>${t("id_tags.delete_text")}</p>
  <//>
`;
