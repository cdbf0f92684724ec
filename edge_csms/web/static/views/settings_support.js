// The support bundle: what somebody far away needs to find a fault, in one file, as far as it is ticked.

import { Checkbox, Dialog, Form, Icon, Section } from "../components/ui.js";
import { downloadMade, v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { byName, chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";

const OF_SITE = ["server", "log", "configuration", "charge_points", "refused"];
const OF_CHARGERS = ["findings", "settings", "frames"];
const MOST_CHARGERS = 50;

export function SupportBundle() {
  const [open, setOpen] = useState(false);
  return html`
    <${Section} id="support" title=${t("bundle.title")} actions=${html`<button type="button" class="small secondary" onClick=${() => setOpen(true)}><${Icon} name="download" /> ${t("bundle.make")}</button>`}>
      <p class="quiet">${t("bundle.help")}</p>
      ${open && html`<${BundleDialog} onClose=${() => setOpen(false)} />`}
    <//>
  `;
}

function BundleDialog({ onClose }) {
  const items = [...(useStore(chargePoints)?.values() ?? [])].sort(byName);
  const [parts, setParts] = useState([...OF_SITE, ...OF_CHARGERS]);
  const [chosen, setChosen] = useState(items.filter((item) => item.findings.length).slice(0, MOST_CHARGERS).map((item) => item.charge_point_id));
  const toggle = (list, setList, one) => (on) => setList(on ? [...list, one] : list.filter((other) => other !== one));
  const action = useAction(async () => {
    await downloadMade(v1("support-bundle"), { parts, charge_point_ids: chosen }, "support.zip");
    onClose();
  });
  const tick = (part) => html`<div key=${part}><${Checkbox} label=${t(`bundle_part.${part}`)} checked=${parts.includes(part)} onValue=${toggle(parts, setParts, part)} /></div>`;
  return html`
    <${Dialog} title=${t("bundle.make")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("bundle.submit")} disabled=${parts.length === 0 || chosen.length > MOST_CHARGERS} onCancel=${onClose} whole>
        <fieldset><legend>${t("bundle.of_site")}</legend>${OF_SITE.map(tick)}</fieldset>
        <fieldset>
          <legend>${t("bundle.of_chargers")}</legend>
          ${OF_CHARGERS.map(tick)}
        </fieldset>
        <fieldset class="choices">
          <legend>${t("bundle.chargers")}</legend>
          ${items.map((item) => html`<div key=${item.charge_point_id}><${Checkbox} label=${nameOf(item)} checked=${chosen.includes(item.charge_point_id)} onValue=${toggle(chosen, setChosen, item.charge_point_id)} /></div>`)}
        </fieldset>
        <p class="quiet">${t("bundle.privacy")}</p>
      <//>
    <//>
  `;
}
