// One charger: its connectors, what it can be told, what it is, how it deviates, and what it says right now.

import { Ladder } from "../components/attempts.js";
import { useChargingDialogs } from "../components/charging_dialogs.js";
import { Empty, ErrorNote, Loading } from "../components/feedback.js";
import { Heading } from "../components/heading.js";
import { MessageList, useMessages } from "../components/messages.js";
import { Status } from "../components/status.js";
import { Table } from "../components/table.js";
import { Tile } from "../components/tile.js";
import { Ago } from "../components/time.js";
import { v1 } from "../lib/api.js";
import { useAttempts } from "../lib/attempts.js";
import { moment, NOTHING, number } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { usePages } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { Commands } from "./charge_point_commands.js";
import { Configuration } from "./charge_point_configuration.js";
import { Manage } from "./charge_point_manage.js";
import { Attention } from "./site_attention.js";
import { TransactionTable } from "./transactions.js";

const LATEST_MESSAGES = 15;
const LATEST_TRANSACTIONS = 5;

export function ChargePointView({ id }) {
  const all = useStore(chargePoints);
  const item = all?.get(id);
  if (all === null) return html`<${Heading} title=${id} /><${Loading} />`;
  if (!item) {
    return html`
      <${Heading} title=${id} />
      <${Empty}><p>${t("charge_point.gone")}</p><p><a href=${href(["charge-points"])}>${t("charge_point.to_list")}</a></p><//>
    `;
  }
  const technician = may("technician");
  return html`
    <${Heading} title=${nameOf(item)} />
    <p><${Presence} item=${item} /></p>
    <${Attention} items=${[item]} />
    <${Connectors} item=${item} />
    ${technician && item.registration === "accepted" && html`<${Commands} item=${item} />`}
    <${Facts} item=${item} />
    <${Connection} id=${id} />
    <${Findings} findings=${item.findings} />
    <${Configuration} item=${item} />
    <${LatestTransactions} id=${id} />
    <${LatestMessages} id=${id} />
    ${technician && html`<${Manage} item=${item} />`}
  `;
}

const Presence = ({ item }) =>
  item.online
    ? html`<${Status} status="Online" />`
    : html`<${Status} status="Offline" /> <span class="quiet">${item.last_seen ? html`${t("charge_point.last_seen")} <${Ago} at=${item.last_seen} />` : t("charge_point.never_seen")}</span>`;

function Connectors({ item }) {
  const { dialog, start, stop } = useChargingDialogs();
  return html`
    <section aria-labelledby="connectors">
      <h2 id="connectors">${t("charge_point.connectors")}</h2>
      ${item.connectors.length === 0 && html`<${Empty}><p>${t("connector.none_yet")}</p><//>`}
      <div class="tiles">
        ${item.connectors.map((connector) => html`<${Tile} key=${connector.connector_id} chargePoint=${item} connector=${connector} onStart=${start} onStop=${stop} />`)}
      </div>
      ${dialog}
    </section>
  `;
}

function Facts({ item }) {
  const rows = [
    ["identity", item.charge_point_id],
    ["vendor", item.vendor],
    ["model", item.model],
    ["serial_number", item.serial_number],
    ["firmware_version", item.firmware_version],
    ["security_profile", item.security_profile === undefined ? null : word("security_profile", item.security_profile)],
    ["registration", word("registration", item.registration)],
  ];
  return html`
    <section aria-labelledby="facts">
      <h2 id="facts">${t("charge_point.facts")}</h2>
      <dl class="facts wide">${rows.flatMap(([name, value]) => [html`<dt key=${name}>${t(`charge_point.${name}`)}</dt>`, html`<dd key="${name}-value" class="foreign">${value ?? NOTHING}</dd>`])}</dl>
    </section>
  `;
}

function Connection({ id }) {
  const attempts = useAttempts(id);
  return html`
    <section aria-labelledby="connection">
      <h2 id="connection">${t("charge_point.connection")}</h2>
      ${attempts?.length === 0 && html`<p class="quiet">${t("attempt.none")}</p>`}
      ${attempts?.length > 0 && html`<${Ladder} attempt=${attempts[0]} />`}
    </section>
  `;
}

function Findings({ findings }) {
  return html`
    <section aria-labelledby="findings">
      <h2 id="findings">${t("charge_point.findings")}</h2>
      ${findings.length === 0
        ? html`<p class="quiet">${t("findings.none")}</p>`
        : html`
            <p class="quiet">${t("findings.help")}</p>
            <${Table} caption=${t("charge_point.findings")} columns=${FINDING_COLUMNS()} rows=${findings} keyOf=${(finding) => `${finding.code} ${finding.field}`} />
          `}
    </section>
  `;
}

const FINDING_COLUMNS = () => [
  { label: t("findings.field"), cell: (finding) => html`<code class="foreign">${finding.field || finding.code}</code>` },
  { label: t("findings.explanation"), cell: (finding) => html`<span class="foreign">${finding.explanation}</span>` },
  { label: t("findings.example"), cell: (finding) => html`<code class="foreign">${finding.example}</code>` },
  { label: t("findings.count"), cell: (finding) => number(finding.count), numeric: true },
  { label: t("findings.last_seen"), cell: (finding) => moment(finding.last_seen) },
];

function LatestTransactions({ id }) {
  const pages = usePages(v1("transactions"), { charge_point_id: id, limit: LATEST_TRANSACTIONS });
  return html`
    <section aria-labelledby="latest-transactions">
      <h2 id="latest-transactions">${t("charge_point.transactions")}</h2>
      <${ErrorNote} error=${pages.error} retry=${pages.reload} />
      ${pages.items?.length === 0 && html`<p class="quiet">${t("charge_point.no_transactions")}</p>`}
      ${pages.items?.length > 0 &&
      html`<${TransactionTable} items=${pages.items} /><p><a href=${href(["transactions"], { charge_point_id: id })}>${t("charge_point.all_transactions")}</a></p>`}
    </section>
  `;
}

function LatestMessages({ id }) {
  const { items, error } = useMessages(id);
  return html`
    <section aria-labelledby="latest-messages">
      <h2 id="latest-messages">${t("charge_point.messages")}</h2>
      <${ErrorNote} error=${error} />
      ${items.length === 0 && error === null ? html`<p class="quiet">${t("charge_point.no_messages")}</p>` : html`<${MessageList} items=${items.slice(0, LATEST_MESSAGES)} />`}
      <p><a href=${href(["messages"], { charge_point_id: id })}>${t("charge_point.all_messages")}</a></p>
    </section>
  `;
}
