// The load of the site over the last day, told by the energy registers of its chargers.

import { Chart, ErrorNote, Loading, Section } from "../components/ui.js";
import { v1 } from "../lib/api.js";
import { kilowattHours, kilowatts } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useMemo } from "../lib/preact.js";
import { useEvery, useResource } from "../lib/resource.js";

const LOOK_AGAIN_MS = 5 * 60_000;

// limit: the most that the site may draw, in W; null where none was told.
export function SiteLoad({ limit }) {
  const { data, error, reload } = useResource(v1("site", "power"));
  useEvery(LOOK_AGAIN_MS, true, reload);
  const drawn = useMemo(() => data && draw(data, limit), [data, limit]);
  return html`
    <${Section} id="load" title=${t("load.title")}>
      <${ErrorNote} error=${error} retry=${reload} />
      ${drawn
        ? html`
            <p class="quiet">${t("load.sum", { energy: kilowattHours(drawn.energy), peak: kilowatts(drawn.peak) })}</p>
            <${Chart} label=${t("load.title")} timeLabel=${t("transaction.time")} times=${drawn.times} curves=${drawn.curves} />
          `
        : error === null && html`<${Loading} />`}
    <//>
  `;
}

function draw({ items, step_seconds }, limit) {
  const powers = items.map(({ power_w }) => power_w ?? 0);
  const curve = (label, color, watts) => ({ label, unit: "kW", color, digits: 1, stepped: true, values: watts.map((value) => (value === null ? null : value / 1000)) });
  const load = curve(t("transaction.power"), "--tone-busy", items.map(({ power_w }) => power_w));
  return {
    times: items.map(({ at }) => Date.parse(at) / 1000),
    curves: limit === null ? [load] : [load, curve(t("limit.site"), "--tone-fault", items.map(() => limit))],
    energy: powers.reduce((sum, power) => sum + (power * step_seconds) / 3600, 0),
    peak: Math.max(...powers),
  };
}
