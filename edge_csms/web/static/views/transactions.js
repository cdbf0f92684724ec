// The latest transactions with filters, kept fresh by the live connection, and their CSV.

import { Empty, ErrorNote, Field, Heading, Icon, Lasting, Loading, More, Table } from "../components/ui.js";
import { download, v1 } from "../lib/api.js";
import { duration, kilowattHours, moment, NOTHING } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { useAction, useEvent, usePages } from "../lib/resource.js";
import { href, route, setQuery } from "../lib/router.js";
import { byName, chargePoints, nameById, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { fromLocal, nextDay } from "../lib/zone.js";

const PAGE = 50;

export function TransactionsView() {
  const { query } = useStore(route);
  const wanted = serverQuery(query);
  const file = useAction((kind) => download(`/api/v1/transactions.${kind}`, wanted, `transactions.${kind}`));
  const button = (kind, text) => html`<button type="button" class="secondary" aria-busy=${file.busy} onClick=${() => file.run(kind)}><${Icon} name="download" /> ${text}</button>`;
  return html`
    <${Heading} title=${t("transactions.title")}>${button("csv", t("transactions.csv"))} ${button("json", t("transactions.json"))}<//>
    <${ErrorNote} error=${file.error} />
    <${Filters} query=${query} />
    <${List} wanted=${wanted} filtered=${Object.keys(query).length > 0} />
  `;
}

// The address holds whole days of the site's zone, the server takes moments.
const serverQuery = ({ charge_point_id, id_tag, open, from, to }) => ({ charge_point_id, id_tag, open, from: fromLocal(from), to: nextDay(to) });

function Filters({ query }) {
  const all = [...(useStore(chargePoints)?.values() ?? [])].sort(byName).map((item) => [item.charge_point_id, nameOf(item)]);
  const filter = (changed) => setQuery({ ...query, ...changed });
  return html`
    <div class="filters">
      <${Field} label=${t("transaction.charge_point")} value=${query.charge_point_id ?? ""} onValue=${(charge_point_id) => filter({ charge_point_id })} options=${[["", t("all")], ...all]} />
      <${Field} label=${t("transaction.id_tag")} type="search" value=${query.id_tag ?? ""} onValue=${(id_tag) => filter({ id_tag })} />
      <${Field} label=${t("transaction.state")} value=${query.open ?? ""} onValue=${(open) => filter({ open })}
        options=${[["", t("all")], ["true", t("transactions.open")], ["false", t("transactions.ended")]]} />
      <${Field} label=${t("transactions.from")} type="date" value=${query.from ?? ""} onValue=${(from) => filter({ from })} />
      <${Field} label=${t("transactions.to")} type="date" value=${query.to ?? ""} onValue=${(to) => filter({ to })} />
    </div>
  `;
}

function List({ wanted, filtered }) {
  const pages = usePages(v1("transactions"), { ...wanted, limit: PAGE });
  useEvent("transaction", ({ item }) => pages.edit((items) => merge(items, item, wanted)));
  if (pages.items === null) return pages.error ? html`<${ErrorNote} error=${pages.error} retry=${pages.reload} />` : html`<${Loading} />`;
  if (pages.items.length === 0) return html`<${Empty}><p>${t(filtered ? "nothing_matches" : "transactions.empty")}</p><//>`;
  return html`
    <${Table} caption=${t("transactions.title")} columns=${COLUMNS()} rows=${pages.items} keyOf=${(item) => item.transaction_id} />
    <${ErrorNote} error=${pages.error} />
    <${More} pages=${pages} />
  `;
}

// Takes a changed transaction to its place; a new one to the top, if the filters let it.
function merge(items, item, wanted) {
  if (items.some(({ transaction_id }) => transaction_id === item.transaction_id)) {
    return items.map((known) => (known.transaction_id === item.transaction_id ? item : known));
  }
  const newest = items[0]?.transaction_id ?? 0;
  return item.transaction_id > newest && matches(item, wanted) ? [item, ...items] : items;
}

function matches(item, { charge_point_id, id_tag, open, from, to }) {
  return (
    (!charge_point_id || item.charge_point_id === charge_point_id) &&
    (!id_tag || item.id_tag?.toLowerCase() === id_tag.toLowerCase()) &&
    (!open || (item.state === "open") === (open === "true")) &&
    (!from || item.started_at >= from) &&
    (!to || item.started_at < to)
  );
}

export const COLUMNS = () => [
  { label: t("transaction.id"), cell: (item) => html`<a href=${href(["transactions", String(item.transaction_id)])}>${item.transaction_id}</a>` },
  { label: t("transaction.started_at"), cell: (item) => moment(item.started_at) },
  { label: t("transaction.place"), cell: (item) => html`<span class="foreign">${placeOf(item)}</span>` },
  { label: t("transaction.id_tag"), cell: (item) => html`<span class="foreign">${item.id_tag ?? NOTHING}</span>` },
  { label: t("transaction.energy"), cell: (item) => kilowattHours(item.energy_wh), numeric: true },
  { label: t("transaction.duration"), cell: (item) => html`<${Took} item=${item} />`, numeric: true },
  { label: t("transaction.state"), cell: (item) => html`<span class="state state-${item.state}">${word("transaction_state", item.state)}</span>` },
  { label: t("transaction.stop_reason"), cell: (item) => html`<span class="foreign">${item.stop_reason ? word("stop_reason", item.stop_reason) : NOTHING}</span>` },
];

export const placeOf = (item) =>
  item.connector_id === null ? nameById(item.charge_point_id) : t("connector.place", { charge_point: nameById(item.charge_point_id), connector: item.connector_id });

export function Took({ item }) {
  if (!item.started_at) return NOTHING;
  if (item.state === "open") return html`<${Lasting} since=${item.started_at} />`;
  return item.stopped_at ? duration(Date.parse(item.stopped_at) - Date.parse(item.started_at)) : NOTHING;
}
