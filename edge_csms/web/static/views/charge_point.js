// One charger: what it is and does, and in further parts all that can be known of it and done with it.

import { Ago, Empty, Heading, Loading, Status, Tabs, lazy } from "../components/ui.js";
import { t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { href, route } from "../lib/router.js";
import { chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { advanced, setAdvanced } from "../lib/view_mode.js";
import { Overview } from "./charge_point_overview.js";

const Charging = lazy(async () => (await import("./charge_point_charging.js")).Charging);
const Configuration = lazy(async () => (await import("./charge_point_configuration.js")).Configuration);
const Diagnosis = lazy(async () => (await import("./charge_point_diagnosis.js")).Diagnosis);
const Files = lazy(async () => (await import("./charge_point_files.js")).Files);
const Security = lazy(async () => (await import("./charge_point_security.js")).Security);

// A part more is a line here; those marked are left out of the basic view.
const PARTS = [
  { name: "overview", Part: Overview },
  { name: "charging", Part: Charging },
  { name: "configuration", Part: Configuration, isAdvanced: true },
  { name: "files", Part: Files, isAdvanced: true },
  { name: "security", Part: Security, isAdvanced: true },
  { name: "diagnosis", Part: Diagnosis },
];

export function ChargePointView({ id }) {
  const all = useStore(chargePoints);
  const whole = useStore(advanced);
  const { segments } = useStore(route);
  const item = all?.get(id);
  if (all === null) return html`<${Heading} title=${id} /><${Loading} />`;
  if (!item) {
    return html`
      <${Heading} title=${id} />
      <${Empty}><p>${t("charge_point.gone")}</p><p><a href=${href(["charge-points"])}>${t("charge_point.to_list")}</a></p><//>
    `;
  }
  const { name, Part } = PARTS.find((part) => part.name === segments[2]) ?? PARTS[0];
  const shown = PARTS.filter((part) => whole || !part.isAdvanced || part.name === name);
  return html`
    <${Heading} title=${nameOf(item)}>
      <button type="button" class="small secondary" onClick=${() => setAdvanced(!whole)}>${t(whole ? "view.to_basic" : "view.to_advanced")}</button>
    <//>
    <p><${Presence} item=${item} /></p>
    <${Tabs} label=${t("charge_point.parts")} current=${name} tabs=${shown.map((part) => [part.name, href(["charge-points", id, part.name].slice(0, part.name === "overview" ? 2 : 3)), t(`charge_point.${part.name}`)])} />
    <${Part} key=${name} item=${item} />
  `;
}

const Presence = ({ item }) =>
  item.online
    ? html`<${Status} status="Online" />`
    : html`<${Status} status="Offline" /> <span class="quiet">${item.last_seen ? html`${t("charge_point.last_seen")} <${Ago} at=${item.last_seen} />` : t("charge_point.never_seen")}</span>`;
