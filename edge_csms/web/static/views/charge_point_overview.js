// What every day needs of a charger: its connectors, what it can be told, what it is, who charged, and what is ours about it.

import { Arrival, Empty, Facts, Listing, Section, Tile, useChargingDialogs } from "../components/ui.js";
import { v1 } from "../lib/api.js";
import { t, word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { usePages } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { securityOf } from "../lib/site.js";
import { Commands } from "./charge_point_commands.js";
import { Manage } from "./charge_point_manage.js";
import { CommissioningRuns } from "./commissioning_runs.js";
import { Attention } from "./site_attention.js";
import { COLUMNS as TRANSACTION_COLUMNS } from "./transactions.js";

const LATEST_TRANSACTIONS = 5;

export function Overview({ item }) {
  const technician = may("technician");
  return html`
    <${Attention} items=${[item]} />
    ${!(item.online && item.connectors.length > 0) && html`<${Section} id="connection" title=${t("charge_point.connection")}><${Arrival} item=${item} /><//>`}
    ${item.vendor !== null && html`<${Connectors} item=${item} />`}
    ${technician && item.registration === "accepted" && html`<${Commands} item=${item} />`}
    <${About} item=${item} />
    <${LatestTransactions} id=${item.charge_point_id} />
    <${CommissioningRuns} item=${item} />
    ${technician && html`<${Manage} item=${item} />`}
  `;
}

function Connectors({ item }) {
  const { dialog, start, stop } = useChargingDialogs();
  return html`
    <${Section} id="connectors" title=${t("charge_point.connectors")}>
      ${item.connectors.length === 0 && html`<${Empty}><p>${t("connector.none_yet")}</p><//>`}
      <div class="tiles">
        ${item.connectors.map((connector) => html`<${Tile} key=${connector.connector_id} chargePoint=${item} connector=${connector} onStart=${start} onStop=${stop} />`)}
      </div>
      ${item.online && item.connectors.some(({ status }) => status === "Unavailable") && html`<p class="quiet">${t("hindrance.Unavailable")}</p>`}
      ${dialog}
    <//>
  `;
}

const About = ({ item }) => html`
  <${Section} id="facts" title=${t("charge_point.facts")}>
    <${Facts} rows=${[
      [t("charge_point.identity"), item.charge_point_id],
      [t("charge_point.vendor"), item.vendor],
      [t("charge_point.model"), item.model],
      [t("charge_point.serial_number"), item.serial_number],
      [t("charge_point.firmware_version"), item.firmware_version],
      [t("charge_point.security_profile"), securityOf(item)],
      [t("charge_point.registration"), word("registration", item.registration)],
    ]} />
  <//>
`;

function LatestTransactions({ id }) {
  const pages = usePages(v1("transactions"), { charge_point_id: id, limit: LATEST_TRANSACTIONS });
  return html`
    <${Section} id="latest-transactions" title=${t("charge_point.transactions")}>
      <${Listing} pages=${{ ...pages, more: null }} caption=${t("charge_point.transactions")} columns=${TRANSACTION_COLUMNS()} keyOf=${({ transaction_id }) => transaction_id}
        empty=${t("charge_point.no_transactions")} />
      <p><a href=${href(["transactions"], { charge_point_id: id })}>${t("charge_point.all_transactions")}</a></p>
    <//>
  `;
}
