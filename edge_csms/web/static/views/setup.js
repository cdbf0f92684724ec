// The first set-up: the machine, the site, encryption, the first charger; each step may be left out and come back to.

import { Empty, ErrorNote, Field, Form, Heading, Icon, Loading } from "../components/ui.js";
import { v1 } from "../lib/api.js";
import { t, word } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { go } from "../lib/router.js";
import { may } from "../lib/session.js";
import { goToStep, loadSetup, setup, STEPS } from "../lib/setup.js";
import { chargePoints } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { AddDialog } from "./charge_points.js";
import { RecoveryCode } from "./recovery_code.js";
import { saveSettings, timeZones } from "./settings_configuration.js";
import { Preflight } from "./settings_machine.js";
import { EncryptionStep } from "./setup_encryption.js";

const CONTENTS = { machine: MachineStep, site: SiteStep, encryption: EncryptionStep, recovery: RecoveryCode, charger: ChargerStep };

export function SetupView() {
  const stored = useStore(setup);
  const loading = useAction(loadSetup);
  useEffect(() => void loading.run(), []);
  if (!may("admin")) return html`<${Heading} title=${t("setup.title")} /><${Empty}><p>${t("setup.needs_admin")}</p><//>`;
  if (stored === null) return html`<${Heading} title=${t("setup.title")} />${loading.error ? html`<${ErrorNote} error=${loading.error} />` : html`<${Loading} />`}`;
  const step = stored in CONTENTS ? stored : "machine";
  return html`
    <${Heading} title=${t("setup.title")} />
    <${Steps} current=${step} />
    <section aria-labelledby="setup-step">
      <h2 id="setup-step">${word("setup_step", step)}</h2>
      <p>${t(`setup_help.${step}`)}</p>
      <${CONTENTS[step]} key=${step} />
      <${Way} step=${step} />
    </section>
  `;
}

const Steps = ({ current }) => html`
  <ol class="setup-steps" aria-label=${t("setup.steps")}>
    ${STEPS.map(
      (step, index) => html`
        <li key=${step} aria-current=${step === current ? "step" : undefined} class=${index < STEPS.indexOf(current) ? "tone-free" : ""}>
          ${index < STEPS.indexOf(current) && html`<${Icon} name="finishing" />`} ${word("setup_step", step)}
        </li>
      `,
    )}
  </ol>
`;

// Back, on, and out of here; the step is kept. Where a form saves and goes on, going on without it is the lesser way.
function Way({ step }) {
  const index = STEPS.indexOf(step);
  const last = index === STEPS.length - 1;
  const move = useAction(async (next) => {
    await goToStep(next);
    if (next === "done") go(["site"]);
  });
  return html`
    <${ErrorNote} error=${move.error} />
    <div class="buttons">
      ${index > 1 && html`<button type="button" class="secondary" onClick=${() => move.run(STEPS[index - 1])}>${t("setup.back")}</button>`}
      ${step === "site"
        ? html`<button type="button" class="secondary" aria-busy=${move.busy} onClick=${() => move.run("encryption")}>${t("setup.skip")}</button>`
        : html`<button type="button" aria-busy=${move.busy} onClick=${() => move.run(last ? "done" : STEPS[index + 1])}>${t(last ? "setup.finish" : "setup.next")}</button>`}
      <button type="button" class="link" onClick=${() => go(["site"])}>${t("setup.later")}</button>
    </div>
  `;
}

function MachineStep() {
  return html`<${Preflight} />`;
}

function SiteStep() {
  const settings = useResource(v1("settings"));
  if (settings.data === null) return settings.error ? html`<${ErrorNote} error=${settings.error} retry=${settings.reload} />` : html`<${Loading} />`;
  return html`<${SiteForm} items=${Object.fromEntries(settings.data.items.map((item) => [item.key, item]))} />`;
}

const OF_SITE = ["site.name", "mdns.name", "site.timezone"];

function SiteForm({ items }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [typed, setTyped] = useState({
    "site.name": items["site.name"].source === "default" ? "" : items["site.name"].value,
    "mdns.name": items["mdns.name"].value,
    "site.timezone": items["site.timezone"].source === "default" ? own : items["site.timezone"].value,
  });
  const free = OF_SITE.filter((key) => !items[key].read_only);
  const action = useAction(async () => {
    await saveSettings(Object.fromEntries(free.map((key) => [key, typed[key].trim()])));
    await goToStep("encryption");
  });
  const field = (key, input) => html`
    <${Field} key=${key} label=${word("config", key)} name=${key} error=${action.error?.fields?.[key]} value=${typed[key]} disabled=${!free.includes(key)}
      onValue=${(value) => setTyped({ ...typed, [key]: value })} ...${input} />
  `;
  return html`
    <${Form} action=${action} submit=${t("setup.save_and_next")} disabled=${free.length === 0}>
      ${field("site.name", { required: true, autocomplete: "off" })}
      ${field("mdns.name", { help: t("setup.mdns_help"), autocapitalize: "none", spellcheck: false, maxlength: 63 })}
      ${field("site.timezone", { suggestions: timeZones(), help: t("setup.zone_help", { zone: own }), required: true })}
    <//>
  `;
}

function ChargerStep() {
  const all = useStore(chargePoints);
  const [adding, setAdding] = useState(false);
  return html`
    ${all?.size > 0 && html`<p>${t("setup.chargers", { count: all.size })}</p>`}
    <p><button type="button" class="secondary" onClick=${() => setAdding(true)}><${Icon} name="add" /> ${t("charge_points.add")}</button></p>
    ${adding && html`<${AddDialog} onClose=${() => setAdding(false)} />`}
  `;
}
