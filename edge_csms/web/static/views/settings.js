// Who one is, what the site is and how it is, its users, and the trail of what was done.

import { Dialog } from "../components/dialog.js";
import { ErrorNote } from "../components/feedback.js";
import { Field, Form } from "../components/form.js";
import { Heading } from "../components/heading.js";
import { post } from "../lib/api.js";
import { moment, NOTHING } from "../lib/format.js";
import { send } from "../lib/http.js";
import { chooseLanguage, language, LANGUAGES, t, word } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { logout, may, session } from "../lib/session.js";
import { facts } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { Audit } from "./settings_audit.js";
import { Users } from "./settings_users.js";

export function SettingsView() {
  return html`
    <${Heading} title=${t("settings.title")} />
    <${Me} />
    <${Site} />
    ${may("admin") && html`<${Users} />`}
    <${Audit} />
  `;
}

function Me() {
  const { user } = useStore(session);
  const [changing, setChanging] = useState(false);
  return html`
    <section aria-labelledby="me">
      <h2 id="me">${t("settings.me")}</h2>
      <p>${t("settings.logged_in_as")} <b class="foreign">${user?.username}</b> (${word("role", user?.role)})</p>
      <div class="filters">
        <${Field} label=${t("settings.language")} value=${language} onValue=${chooseLanguage} options=${Object.entries(LANGUAGES)} />
      </div>
      <div class="buttons">
        <button type="button" class="secondary" onClick=${() => setChanging(true)}>${t("settings.change_password")}</button>
        <button type="button" class="secondary" onClick=${logout}>${t("settings.log_out")}</button>
      </div>
      ${changing && html`<${PasswordDialog} onClose=${() => setChanging(false)} />`}
    </section>
  `;
}

function PasswordDialog({ onClose }) {
  const [fields, setFields] = useState({ old_password: "", new_password1: "", new_password2: "" });
  const action = useAction(async () => {
    await post("/api/auth/password/change/", fields);
    notify(t("settings.password_changed"));
    onClose();
  });
  const field = (name, autocomplete) => html`
    <${Field} label=${t(`password.${name}`)} name=${name} type="password" autocomplete=${autocomplete} required error=${action.error?.fields?.[name]}
      value=${fields[name]} onValue=${(value) => setFields({ ...fields, [name]: value })} />
  `;
  return html`
    <${Dialog} title=${t("settings.change_password")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("save")} onCancel=${onClose}>
        ${field("old_password", "current-password")} ${field("new_password1", "new-password")} ${field("new_password2", "new-password")}
      <//>
    <//>
  `;
}

function Site() {
  const site = useStore(facts);
  const { parts, error } = useHealth();
  if (!site) return null;
  const rows = [
    ["name", site.name],
    ["timezone", site.timezone],
    ["time", moment(site.time, "exact")],
    ["version", site.version],
    ["ocpp_urls", (site.ocpp_urls ?? []).join("  ") || NOTHING],
  ];
  return html`
    <section aria-labelledby="site">
      <h2 id="site">${t("settings.site")}</h2>
      <dl class="facts wide">
        ${rows.flatMap(([name, value]) => [html`<dt key=${name}>${t(`settings.${name}`)}</dt>`, html`<dd key="${name}-value" class="foreign">${value}</dd>`])}
      </dl>
      <h3>${t("settings.health")}</h3>
      <${ErrorNote} error=${error} />
      ${parts && html`<ul class="parts">${parts.map(({ name, state }) => html`<li key=${name} class=${state === "ok" ? "tone-free" : "tone-wait"}><b>${name}</b> ${word("part_state", state)}</li>`)}</ul>`}
    </section>
  `;
}

// The parts of the server and how they are; an answer 503 says it too.
function useHealth() {
  const [state, setState] = useState({ parts: null, error: null });
  useEffect(() => {
    send("GET", "/readyz").then(
      ({ parts }) => setState({ parts, error: null }),
      (error) => setState(error.body?.parts ? { parts: error.body.parts, error: null } : { parts: null, error }),
    );
  }, []);
  return state;
}
