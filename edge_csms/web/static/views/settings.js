// Who one is, what the site is and how it is, its users, and the trail of what was done: each part with an address of its own.

import { Dialog, Field, Form, Heading, Tabs } from "../components/ui.js";
import { post } from "../lib/api.js";
import { chooseLanguage, language, t, word } from "../lib/i18n.js";
import { notify } from "../lib/notices.js";
import { html, useState } from "../lib/preact.js";
import { useAction, useResource } from "../lib/resource.js";
import { href, route } from "../lib/router.js";
import { logout, may, session } from "../lib/session.js";
import { useStore } from "../lib/store.js";
import { advanced, setAdvanced } from "../lib/view_mode.js";
import { Audit } from "./settings_audit.js";
import { Backups } from "./settings_backups.js";
import { Configuration } from "./settings_configuration.js";
import { SiteLimit } from "./settings_limit.js";
import { Machine } from "./settings_machine.js";
import { Certificates, Health, Site } from "./settings_site.js";
import { SupportBundle } from "./settings_support.js";
import { BoxCommands, Update } from "./settings_update.js";
import { Users } from "./settings_users.js";

// A part more is a line here; those with a role are shown to it and above.
const PARTS = [
  { name: "account", Part: Me },
  { name: "site", Part: () => html`<${Site} /><${SiteLimit} /><${Certificates} />` },
  { name: "server", Part: () => html`<${Configuration} />${may("admin") && html`<${Update} /><${BoxCommands} />`}` },
  { name: "help", Part: () => html`<${Health} />${may("technician") && html`<${SupportBundle} />`}<${Machine} />` },
  { name: "backups", Part: Backups, role: "admin" },
  { name: "users", Part: Users, role: "admin" },
  { name: "trail", Part: Audit },
];

export function SettingsView() {
  const { segments } = useStore(route);
  const parts = PARTS.filter(({ role }) => role === undefined || may(role));
  const { name, Part } = parts.find((part) => part.name === segments[1]) ?? parts[0];
  return html`
    <${Heading} title=${t("settings.title")} />
    <${Tabs} label=${t("settings.parts")} current=${name} tabs=${parts.map((part) => [part.name, href(["settings", part.name]), t(`settings_part.${part.name}`)])} />
    <${Part} key=${name} />
  `;
}

function Me() {
  const { user } = useStore(session);
  const whole = useStore(advanced);
  const languages = useResource("/lang/languages.json").data;
  const [changing, setChanging] = useState(false);
  return html`
    <section aria-labelledby="me">
      <h2 id="me">${t("settings.me")}</h2>
      <p>${t("settings.logged_in_as")} <b class="foreign">${user?.username}</b> (${word("role", user?.role)})</p>
      <div class="filters">
        <${Field} label=${t("settings.language")} value=${language()} onValue=${chooseLanguage} options=${Object.entries(languages ?? { [language()]: t("language") })} />
        <${Field} label=${t("settings.view")} value=${String(whole)} onValue=${(value) => setAdvanced(value === "true")} options=${[["true", t("view.to_advanced")], ["false", t("view.to_basic")]]} />
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
