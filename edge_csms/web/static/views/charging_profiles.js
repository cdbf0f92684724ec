// How much a charger may give: its limit, the charging profiles that it has, and what they come to over the next hours.

import { Chart, Confirm, ErrorNote, Field, Form, Icon, Listing, Loading, Note, Section, connectorChoices } from "../components/ui.js";
import { put, remove, v1 } from "../lib/api.js";
import { said, t, word } from "../lib/i18n.js";
import { html, useMemo, useState } from "../lib/preact.js";
import { describe, scheduleCurve } from "../lib/profiles.js";
import { useAction, useChanged, usePages, useResource } from "../lib/resource.js";
import { may } from "../lib/session.js";
import { ProfileDialog } from "./profile_dialog.js";

const HOURS = 24;

export function ChargingProfiles({ item, whole }) {
  const path = v1("charge-points", item.charge_point_id, "charging-profiles");
  const pages = usePages(path);
  const [open, setOpen] = useState(null); // "add", or the profile to clear
  const [turn, setTurn] = useState(0);
  useChanged("charging_profiles", item.charge_point_id, () => {
    pages.reload();
    setTurn((now) => now + 1);
  });
  const technician = may("technician");
  const close = () => setOpen(null);
  const columns = [
    { label: t("profile.what"), cell: (one) => html`${word("profile_purpose", one.purpose)} <small class="quiet foreign">${one.origin === "limit" ? t("profile.of_limit") : one.origin}</small>` },
    { label: t("reservation.connector"), cell: ({ connector_id }) => (connector_id ? t("connector.number", { number: connector_id }) : t("commands.whole")) },
    { label: t("profile.limits"), cell: (one) => html`${describe(one)} ${!one.confirmed && html`<small class="tone-wait">${t("profile.unconfirmed")}</small>`}` },
    { label: t("profile.stack_level"), cell: ({ stack_level }) => stack_level, numeric: true },
    ...(technician
      ? [{ label: t("actions"), cell: (one) => html`<button type="button" class="small secondary" disabled=${!item.online} aria-label=${t("profile.clear_label", { id: one.charging_profile_id })} onClick=${() => setOpen(one)}>${t("profile.clear")}</button>` }]
      : []),
  ];
  const add = html`<button type="button" class="small secondary" disabled=${!item.online} onClick=${() => setOpen("add")}><${Icon} name="add" /> ${t("profile.add")}</button>`;
  return html`
    <${Section} id="profiles" title=${t("profile.title")} actions=${technician && whole && add}>
      ${technician && html`<${Limit} item=${item} />`}
      <${Listing} pages=${pages} caption=${t("profile.title")} columns=${columns} keyOf=${({ charging_profile_id }) => charging_profile_id} empty=${t("profile.none")} />
      ${pages.items?.length > 0 && html`<${Composite} key=${turn} item=${item} />`}
      ${open === "add" && html`<${ProfileDialog} item=${item} path=${path} onSaved=${pages.reload} onClose=${close} />`}
      ${open?.charging_profile_id !== undefined &&
      html`<${Confirm} title=${t("profile.clear_label", { id: open.charging_profile_id })} submit=${t("profile.clear")} onClose=${close}
        onConfirm=${async () => {
          await remove(`${path}/${open.charging_profile_id}`);
          pages.reload();
        }}>
        <p>${t("profile.clear_text")}</p>
      <//>`}
    <//>
  `;
}

function Limit({ item }) {
  const [fields, setFields] = useState({ connector_id: "0", limit_amps: "" });
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const action = useAction((amps) => put(v1("charge-points", item.charge_point_id, "limit"), { connector_id: Number(fields.connector_id), limit_amps: amps === undefined ? Number(fields.limit_amps) : amps }));
  return html`
    <${Form} action=${action} submit=${t("limit.set")} disabled=${!item.online} onCancel=${item.online && (() => action.run(null))} cancel=${t("limit.lift")} whole>
      <div class="filters">
        <${Field} label=${t("limit.where")} value=${fields.connector_id} onValue=${set("connector_id")} options=${connectorChoices(item, [["0", t("commands.whole")]])} />
        <${Field} label=${t("limit.amps")} type="number" min="0" max="1000" step="0.1" required value=${fields.limit_amps} onValue=${set("limit_amps")} />
      </div>
      ${action.result && html`<${Note} tone="good"><p class="foreign">${said(action.result.detail)}</p><//>`}
    <//>
  `;
}

// What was meant for a connector, and what the charger itself says that it will do.
function Composite({ item }) {
  const choices = connectorChoices(item);
  const [connector, setConnector] = useState(choices[0]?.[0] ?? "1");
  const { data, error, reload } = useResource(v1("charge-points", item.charge_point_id, "composite-schedule"), { connector_id: connector, duration_seconds: HOURS * 3600 });
  const drawn = useMemo(() => data && scheduleCurve(data), [data]);
  return html`
    <h3>${t("composite.title")}</h3>
    ${choices.length > 1 && html`<div class="filters"><${Field} label=${t("reservation.connector")} value=${connector} onValue=${setConnector} options=${choices} /></div>`}
    <${ErrorNote} error=${error} retry=${reload} />
    ${data?.differences.length > 0 && html`<${Note}><p>${t("composite.differs")}</p><//>`}
    ${data?.meter_agrees === false && html`<${Note} tone="bad"><p>${t("composite.ignored")}</p><//>`}
    ${drawn ? html`<${Chart} label=${t("composite.title")} timeLabel=${t("transaction.time")} times=${drawn.times} curves=${drawn.curves} />` : error === null && html`<${Loading} />`}
    ${data?.detail && html`<p class="quiet foreign">${said(data.detail)}</p>`}
  `;
}
