// Connectors that are kept free for somebody.

import { Confirm, Dialog, Field, Form, Icon, Listing, Section, TagField, connectorChoices } from "../components/ui.js";
import { post, remove, v1 } from "../lib/api.js";
import { serverNow } from "../lib/clock.js";
import { moment } from "../lib/format.js";
import { said, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useChanged, usePages } from "../lib/resource.js";
import { may } from "../lib/session.js";
import { fromLocal, toLocal } from "../lib/zone.js";

const USUAL_MS = 15 * 60_000;

export function Reservations({ item }) {
  const pages = usePages(v1("reservations"), { charge_point_id: item.charge_point_id, limit: 10 });
  const [open, setOpen] = useState(null); // "add", or the reservation to cancel
  useChanged("reservations", item.charge_point_id, pages.reload);
  const technician = may("technician");
  const close = () => setOpen(null);
  const columns = [
    { label: t("reservation.connector"), cell: ({ connector_id }) => (connector_id ? t("connector.number", { number: connector_id }) : t("reservation.any")) },
    { label: t("transaction.id_tag"), cell: ({ id_tag }) => html`<span class="foreign">${id_tag}</span>` },
    { label: t("reservation.until"), cell: ({ expires_at }) => moment(expires_at) },
    { label: t("reservation.state"), cell: ({ status, detail }) => html`${word("reservation_state", status)} <small class="quiet foreign">${said(detail)}</small>` },
    ...(technician
      ? [{ label: t("actions"), cell: (one) => (one.status === "accepted" ? html`<button type="button" class="small secondary" aria-label=${t("reservation.cancel_label", one)} onClick=${() => setOpen(one)}>${t("reservation.cancel")}</button>` : "") }]
      : []),
  ];
  const add = html`<button type="button" class="small" disabled=${!item.online} onClick=${() => setOpen("add")}><${Icon} name="reserved" /> ${t("reservation.add")}</button>`;
  return html`
    <${Section} id="reservations" title=${t("reservation.title")} actions=${technician && add}>
      <${Listing} pages=${pages} caption=${t("reservation.title")} columns=${columns} keyOf=${({ reservation_id }) => reservation_id} empty=${t("reservation.none")} />
      ${open === "add" && html`<${AddDialog} item=${item} onSaved=${pages.reload} onClose=${close} />`}
      ${open?.reservation_id !== undefined &&
      html`<${Confirm} title=${t("reservation.cancel_label", open)} submit=${t("reservation.cancel")} cancel=${t("close")} onClose=${close}
        onConfirm=${async () => {
          await remove(v1("reservations", String(open.reservation_id)));
          pages.reload();
        }}>
        <p>${t("reservation.cancel_text")}</p>
      <//>`}
    <//>
  `;
}

function AddDialog({ item, onSaved, onClose }) {
  const choices = connectorChoices(item, [["0", t("reservation.any")]]);
  const [fields, setFields] = useState({ connector_id: choices[1]?.[0] ?? "0", id_tag: "", expires_at: toLocal(new Date(serverNow() + USUAL_MS).toISOString()) });
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const action = useAction(async () => {
    const { connector_id, id_tag, expires_at } = fields;
    await post(v1("reservations"), { charge_point_id: item.charge_point_id, connector_id: Number(connector_id), id_tag: id_tag.trim(), expires_at: fromLocal(expires_at) });
    onSaved();
    onClose();
  });
  return html`
    <${Dialog} title=${t("reservation.add")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("reservation.add")} onCancel=${onClose} whole>
        <${Field} label=${t("reservation.connector")} value=${fields.connector_id} onValue=${set("connector_id")} options=${choices} />
        <${TagField} label=${t("reservation.for")} value=${fields.id_tag} onValue=${set("id_tag")} />
        <${Field} label=${t("reservation.until")} type="datetime-local" required value=${fields.expires_at} onValue=${set("expires_at")} />
      <//>
    <//>
  `;
}
