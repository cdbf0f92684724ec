// The machine under the server: what hinders it and what mends that, and how much is logged.

import { ErrorNote, Field, Form, Icon, Loading, Section } from "../components/ui.js";
import { put, v1 } from "../lib/api.js";
import { moment } from "../lib/format.js";
import { said, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { may } from "../lib/session.js";

const TONES = { ok: "tone-free", warning: "tone-wait", fault: "tone-fault" };
const ICONS = { ok: "finishing", warning: "fault", fault: "fault" };
const PARTS = ["central", "jobs", "services", "storage", "web"];
const LEVELS = ["", "debug", "info", "warning", "error"];

export function Machine() {
  return html`
    <${Section} id="machine" title=${t("machine.title")}><${Preflight} /><//>
    ${may("admin") && html`<${Section} id="log-levels" title=${t("log.title")}><${LogLevels} /><//>`}
  `;
}

export function Preflight() {
  const found = useResource(v1("preflight"));
  if (found.data === null) return found.error ? html`<${ErrorNote} error=${found.error} retry=${found.reload} />` : html`<${Loading} />`;
  return html`
    <ul class="checks">
      ${found.data.checks.map(
        (check) => html`
          <li key=${check.name} class=${TONES[check.verdict]}>
            <${Icon} name=${ICONS[check.verdict]} /> <b>${said(check.name)}</b> <span class="foreign">${said(check.words)}</span>
            ${check.fix && html`<br /><small class="foreign">${said(check.fix)}</small>`}
          </li>
        `,
      )}
    </ul>
    <p><button type="button" class="small secondary" aria-busy=${found.loading} onClick=${found.reload}>${t("machine.again")}</button></p>
  `;
}

function LogLevels() {
  const found = useResource(v1("log-levels"));
  const [typed, setTyped] = useState({});
  const action = useAction(async () => {
    const levels = Object.fromEntries(PARTS.map((part) => [part, levelOf(part)]).filter(([, level]) => level));
    found.setData(await put(v1("log-levels"), { levels, minutes: Number(typed.minutes ?? 60) }));
    setTyped({});
  });
  if (found.data === null) return html`<${ErrorNote} error=${found.error} retry=${found.reload} />`;
  const levelOf = (part) => typed[part] ?? found.data.levels[part] ?? "";
  const options = LEVELS.map((level) => [level, level ? word("config_choice", level) : t("log.as_configured", { level: word("config_choice", found.data.default) })]);
  return html`
    <p class="quiet">${t("log.help")} ${found.data.until && t("log.until", { time: moment(found.data.until) })}</p>
    <${Form} action=${action} submit=${t("log.set")}>
      <div class="filters">
        ${PARTS.map((part) => html`<${Field} key=${part} label=${word("log_part", part)} value=${levelOf(part)} options=${options} onValue=${(level) => setTyped({ ...typed, [part]: level })} />`)}
        <${Field} label=${t("log.minutes")} type="number" min="1" max="10080" required value=${typed.minutes ?? "60"} onValue=${(minutes) => setTyped({ ...typed, minutes })} />
      </div>
    <//>
  `;
}
