// The load of the site over the last day, told by the energy registers of its chargers.

import { Chart, ErrorNote, Loading, Section } from "../components/ui.js";
import { v1 } from "../lib/api.js";
import { kilowattHours, kilowatts } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useMemo } from "../lib/preact.js";
import { useEvery, useResource } from "../lib/resource.js";

const LOOK_AGAIN_MS = 5 * 60_000;

export function SiteLoad() {
  const { data, error, reload } = useResource(v1("site", "power"));
  useEvery(LOOK_AGAIN_MS, true, reload);
  const drawn = useMemo(() => data && draw(data), [data]);
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

function draw({ items, step_seconds }) {
  const powers = items.map(({ power_w }) => power_w ?? 0);
  return {
    times: items.map(({ at }) => Date.parse(at) / 1000),
    curves: [{ label: t("transaction.power"), unit: "kW", color: "--tone-busy", digits: 1, stepped: true, values: items.map(({ power_w }) => (power_w === null ? null : power_w / 1000)) }],
    energy: powers.reduce((sum, power) => sum + (power * step_seconds) / 3600, 0),
    peak: Math.max(...powers),
  };
}
