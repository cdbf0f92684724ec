// One transaction: its figures, how its end is known, its curve from the meter values, and a receipt to print.

import { Chart, Empty, ErrorNote, Heading, Loading } from "../components/ui.js";
import { get, v1 } from "../lib/api.js";
import { kilowattHours, moment, NOTHING, number } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { curves } from "../lib/meter.js";
import { html, useEffect, useMemo, useState } from "../lib/preact.js";
import { useEvent, useResource } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { facts } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { Evidence } from "./transaction_evidence.js";
import { placeOf, Took } from "./transactions.js";

const PAGE = 1000;
const MOST = 20_000; // meter values on one chart

export function TransactionView({ id }) {
  const { data: item, error, reload, setData } = useResource(v1("transactions", id));
  useEvent("transaction", (event) => String(event.item.transaction_id) === id && setData(event.item));
  return html`
    <${Heading} title=${t("transaction.title", { id })}>
      ${item && html`<button type="button" class="secondary" onClick=${() => print()}>${t("transaction.print")}</button>`}
    <//>
    <${ErrorNote} error=${error} retry=${reload} />
    ${item ? html`<${Receipt} item=${item} /><${State} item=${item} /><${Curves} item=${item} /><${Evidence} id=${id} state=${item.state} />` : error === null && html`<${Loading} />`}
  `;
}

function Receipt({ item }) {
  const site = useStore(facts)?.name;
  const rows = [
    ["place", html`<a class="foreign" href=${href(["charge-points", item.charge_point_id])}>${placeOf(item)}</a>`],
    ["id_tag", html`<span class="foreign">${item.id_tag ?? NOTHING}</span>${item.id_tag_status && item.id_tag_status !== "Accepted" ? html` <span>(${word("id_tag_status", item.id_tag_status)})</span>` : ""}`],
    ["started_at", moment(item.started_at, "exact")],
    ["stopped_at", item.stopped_at ? moment(item.stopped_at, "exact") : NOTHING],
    ["duration", html`<${Took} item=${item} />`],
    ["energy", html`<strong>${kilowattHours(item.energy_wh)}</strong>`],
    ["meter_start_wh", register(item.meter_start_wh)],
    ["meter_stop_wh", register(item.meter_stop_wh)],
    ["stop_reason", html`<span class="foreign">${item.stop_reason ? word("stop_reason", item.stop_reason) : NOTHING}</span>`],
    ["state", word("transaction_state", item.state)],
  ];
  return html`
    <section class="receipt" aria-label=${t("transaction.figures")}>
      <p class="print-only">${site}</p>
      <dl class="facts wide">${rows.flatMap(([name, value]) => [html`<dt key=${name}>${t(`transaction.${name}`)}</dt>`, html`<dd key="${name}-value">${value}</dd>`])}</dl>
    </section>
  `;
}

const register = (wattHours) => (wattHours === null ? NOTHING : `${number(wattHours / 1000, 3)} kWh`);

const State = ({ item }) => html`
  ${item.state !== "closed" && html`<p class="quiet">${t(`transaction_state.${item.state}.why`)}</p>`}
  ${item.clock_doubt && html`<p class="quiet">${t("transaction.clock_doubt")}</p>`}
`;

function Curves({ item }) {
  const { items, error } = useMeterValues(item.transaction_id, item.energy_wh);
  const drawn = useMemo(() => items && curves(items, item.meter_start_wh), [items, item.meter_start_wh]);
  const lines = useMemo(
    () =>
      drawn && [
        { label: t("transaction.power"), unit: "kW", values: drawn.power, color: "--tone-busy", digits: 1 },
        { label: t("transaction.energy"), unit: "kWh", values: drawn.energy, color: "--tone-free", digits: 2 },
      ],
    [drawn],
  );
  return html`
    <section class="screen-only" aria-labelledby="curves">
      <h2 id="curves">${t("transaction.curves")}</h2>
      <${ErrorNote} error=${error} />
      ${drawn === null
        ? error === null && html`<${Loading} />`
        : drawn.times.length < 2
          ? html`<${Empty}><p>${t("transaction.no_meter_values")}</p><//>`
          : html`<${Chart} label=${t("transaction.chart_label")} timeLabel=${t("transaction.time")} times=${drawn.times} curves=${lines} />`}
    </section>
  `;
}

// Fetches them again whenever the energy of an open transaction has grown.
function useMeterValues(transactionId, energy) {
  const [state, setState] = useState({ items: null, error: null });
  useEffect(() => {
    const abort = new AbortController();
    fetchAll(v1("transactions", String(transactionId), "meter-values"), abort.signal).then(
      (items) => abort.signal.aborted || setState({ items, error: null }),
      (error) => abort.signal.aborted || setState((last) => ({ ...last, error })),
    );
    return () => abort.abort();
  }, [transactionId, energy]);
  return state;
}

async function fetchAll(path, signal) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(path, { limit: PAGE, cursor }, { signal });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < MOST);
  return items;
}
