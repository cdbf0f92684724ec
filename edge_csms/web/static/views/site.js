// The first screen: what needs attention, what the site does in sum, and a live tile for every connector.

import { BareTile, Empty, Field, Heading, Loading, Tile, shownStatus, useChargingDialogs } from "../components/ui.js";
import { v1 } from "../lib/api.js";
import { kilowatts } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useResource } from "../lib/resource.js";
import { go } from "../lib/router.js";
import { may } from "../lib/session.js";
import { byName, chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { loadTagNotes } from "../lib/tags.js";
import { Attention } from "./site_attention.js";
import { SiteLoad } from "./site_load.js";

const SEARCH_FROM = 13; // tiles: fewer are seen at a glance

export function SiteView() {
  const all = useStore(chargePoints);
  return html`
    <${Heading} title=${t("site.title")} />
    ${all === null ? html`<${Loading} />` : html`<${Site} items=${[...all.values()].sort(byName)} />`}
  `;
}

function Site({ items }) {
  const limit = useResource(v1("site", "limit")).data?.power_w ?? null;
  const accepted = items.filter((item) => item.registration === "accepted");
  const connectors = accepted.flatMap((item) => (item.online ? item.connectors : []));
  const load = { watts: connectors.reduce((sum, connector) => sum + (connector.power_w ?? 0), 0), limit };
  useEffect(() => {
    loadTagNotes().catch(() => {}); // tags are named without them
  }, []);
  return html`
    <${Attention} items=${items} load=${load} whole />
    ${accepted.length
      ? html`<${Totals} items=${accepted} connectors=${connectors} load=${load} /><${Tiles} items=${accepted} /><${SiteLoad} limit=${limit} />`
      : html`<${Empty}>
          <p>${t(may("technician") ? "site.empty" : "site.empty.viewer")}</p>
          ${may("technician") && html`<p><button type="button" onClick=${() => go(["charge-points"])}>${t("site.empty.add")}</button></p>`}
        <//>`}
  `;
}

// load: what the site draws, and the most that it may draw, in W; limit is null where none was told.
function Totals({ items, connectors, load: { watts, limit } }) {
  const count = (test) => connectors.filter(test).length;
  return html`
    <dl class="totals" aria-label=${t("site.totals")}>
      <div>
        <dt>${t("site.power")}</dt>
        <dd>${kilowatts(watts)} ${limit !== null && html`<small>${t("site.of_limit", { limit: kilowatts(limit) })}</small>`}</dd>
      </div>
      <div><dt>${t("site.charging")}</dt><dd>${count(({ status }) => status === "Charging")}</dd></div>
      <div><dt>${t("site.free")}</dt><dd>${count(({ status }) => status === "Available")}</dd></div>
      <div><dt>${t("site.online")}</dt><dd>${items.filter(({ online }) => online).length} / ${items.length}</dd></div>
    </dl>
  `;
}

function Tiles({ items }) {
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState("");
  const { dialog, start, stop } = useChargingDialogs();
  const all = items.flatMap((chargePoint) =>
    chargePoint.connectors.length ? chargePoint.connectors.map((connector) => ({ chargePoint, connector })) : [{ chargePoint, connector: null }],
  );
  const shown = all.filter(({ chargePoint, connector }) => matches(chargePoint, connector, search.trim().toLowerCase(), status));
  const statuses = [...new Set(all.map(({ chargePoint, connector }) => shownStatus(chargePoint, connector)))].sort();
  return html`
    ${all.length >= SEARCH_FROM &&
    html`<div class="filters">
      <${Field} label=${t("site.search")} type="search" value=${search} onValue=${setSearch} />
      <${Field} label=${t("site.status")} value=${status} onValue=${setStatus}
        options=${[["", t("all")], ...statuses.map((name) => [name, word("status", name)])]} />
    </div>`}
    <div class="tiles">
      ${shown.map(({ chargePoint, connector }) =>
        connector
          ? html`<${Tile} key="${chargePoint.charge_point_id}/${connector.connector_id}" chargePoint=${chargePoint} connector=${connector} onStart=${start} onStop=${stop} />`
          : html`<${BareTile} key=${chargePoint.charge_point_id} chargePoint=${chargePoint} />`,
      )}
    </div>
    ${shown.length === 0 && html`<${Empty}><p>${t("nothing_matches")}</p><//>`}
    ${dialog}
  `;
}

function matches(chargePoint, connector, search, status) {
  if (status && shownStatus(chargePoint, connector) !== status) return false;
  const texts = [chargePoint.charge_point_id, nameOf(chargePoint), connector?.transaction?.id_tag ?? ""];
  return texts.some((text) => text.toLowerCase().includes(search));
}
