// The list of all chargers, and the way to add one.

import { Access, Ago, Arrival, Dialog, Empty, Field, Form, Heading, Icon, Loading, Note, Status, Table, shownStatus } from "../components/ui.js";
import { post, v1 } from "../lib/api.js";
import { NOTHING } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { byName, chargePoints, keepChargePoint, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";

export function ChargePointsView() {
  const all = useStore(chargePoints);
  const [adding, setAdding] = useState(false);
  const [search, setSearch] = useState("");
  const add = may("technician") && html`<button type="button" onClick=${() => setAdding(true)}><${Icon} name="add" /> ${t("charge_points.add")}</button>`;
  return html`
    <${Heading} title=${t("charge_points.title")}>${add}<//>
    <p><a href=${href(["firmware"])}>${t("firmware.title")}</a> · <a href=${href(["templates"])}>${t("template.title")}</a></p>
    ${all === null
      ? html`<${Loading} />`
      : all.size === 0
        ? html`<${Empty}><p>${t(may("technician") ? "charge_points.empty" : "site.empty.viewer")}</p><//>`
        : html`
            <div class="filters"><${Field} label=${t("charge_points.search")} type="search" value=${search} onValue=${setSearch} /></div>
            <${List} items=${[...all.values()].filter((item) => matches(item, search.trim().toLowerCase())).sort(byName)} />
          `}
    ${adding && html`<${AddDialog} onClose=${() => setAdding(false)} />`}
  `;
}

const matches = (item, search) =>
  [item.charge_point_id, item.name, item.vendor, item.model, item.serial_number, item.firmware_version].some((text) => text?.toLowerCase().includes(search) ?? false);

function List({ items }) {
  if (items.length === 0) return html`<${Empty}><p>${t("nothing_matches")}</p><//>`;
  return html`<${Table} caption=${t("charge_points.title")} columns=${COLUMNS()} rows=${items} keyOf=${(item) => item.charge_point_id} />`;
}

const COLUMNS = () => [
  {
    label: t("charge_points.name"),
    cell: (item) => html`
      <a class="foreign" href=${href(["charge-points", item.charge_point_id])}>${nameOf(item)}</a>
      ${item.name && html`<small class="quiet foreign">${item.charge_point_id}</small>`}
    `,
  },
  { label: t("charge_points.state"), cell: (item) => html`<${State} item=${item} />` },
  { label: t("charge_points.connectors"), cell: (item) => html`<${Connectors} item=${item} />` },
  { label: t("charge_points.make"), cell: (item) => html`<span class="foreign">${[item.vendor, item.model].filter(Boolean).join(" ") || NOTHING}</span>` },
  { label: t("charge_points.firmware"), cell: (item) => html`<span class="foreign">${item.firmware_version ?? NOTHING}</span>` },
  { label: t("charge_points.findings"), cell: (item) => item.findings.length || NOTHING, numeric: true },
];

function State({ item }) {
  if (item.registration === "pending") return html`<span class="status tone-wait"><${Icon} name="preparing" /> ${t("charge_point.pending")}</span>`;
  if (item.online) return html`<${Status} status="Online" />`;
  return html`
    <${Status} status="Offline" />
    ${item.last_seen && html`<small class="quiet"><${Ago} at=${item.last_seen} /></small>`}
  `;
}

const Connectors = ({ item }) =>
  item.connectors.length === 0
    ? NOTHING
    : html`<ul class="inline">${item.connectors.map((connector) => html`<li key=${connector.connector_id}>${connector.connector_id}: <${Status} status=${shownStatus(item, connector)} /></li>`)}</ul>`;

export function AddDialog({ onClose }) {
  const [fields, setFields] = useState({ charge_point_id: "", credential: "key" });
  const action = useAction(async () => {
    const charge_point_id = fields.charge_point_id.trim();
    const made = await post(v1("charge-points"), fields.credential === "key" ? { charge_point_id } : { charge_point_id, password: null });
    const { password, ...item } = made;
    keepChargePoint(item);
    return made;
  });
  if (action.result) return html`<${AddedDialog} made=${action.result} onClose=${onClose} />`;
  return html`
    <${Dialog} title=${t("charge_points.add")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("charge_points.add.submit")} onCancel=${onClose}>
        <${Field} label=${t("access.identity")} help=${t("charge_points.add.identity_help")} required maxlength="48" autocomplete="off" autocapitalize="none" spellcheck=${false}
          error=${action.error?.fields?.charge_point_id} value=${fields.charge_point_id} onValue=${(charge_point_id) => setFields({ ...fields, charge_point_id })} />
        <${Field} label=${t("charge_points.add.credential")} help=${t(`credential.${fields.credential}.help`)} value=${fields.credential}
          onValue=${(credential) => setFields({ ...fields, credential })}
          options=${[["key", t("credential.key")], ["none", t("credential.none")]]} />
      <//>
    <//>
  `;
}

function AddedDialog({ made, onClose }) {
  const item = useStore(chargePoints)?.get(made.charge_point_id) ?? made;
  return html`
    <${Dialog} title=${t("charge_points.added", { charge_point: made.charge_point_id })} wide onClose=${onClose}>
      <p>${t("charge_points.added_text")}</p>
      <${Access} chargePointId=${made.charge_point_id} password=${made.password} />
      ${item.online && html`<${Note} tone="good"><p>${t("charge_points.arrived")} <a href=${href(["charge-points", made.charge_point_id])}>${t("charge_points.arrived_link")}</a></p><//>`}
      <${Arrival} item=${item} />
      <div class="buttons"><button type="button" onClick=${onClose}>${t("close")}</button></div>
    <//>
  `;
}
