// The login, and the making of an account: the first one with the set-up code, later ones as the site allows.

import { Field, Form, Note } from "../components/ui.js";
import { said, t } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { go } from "../lib/router.js";
import { login, register } from "../lib/session.js";
import { goToStep, loadSetup, setup } from "../lib/setup.js";
import { useStore } from "../lib/store.js";

export function LoginView() {
  const [registering, setRegistering] = useState(false);
  const isNew = useStore(setup) === "administrator";
  useEffect(() => {
    loadSetup().catch(() => {}); // the login itself says what is wrong
  }, []);
  return html`
    <main class="login">
      <article>
        <h1>${t(registering ? "register.title" : "login.title")}</h1>
        ${isNew && !registering && html`<${Note}><p>${t("setup.new")}</p><button type="button" onClick=${() => setRegistering(true)}>${t("setup.begin")}</button><//>`}
        ${registering
          ? html`<${RegisterForm} isFirst=${isNew} onBack=${() => setRegistering(false)} />`
          : html`
              <${LoginForm} />
              <p class="quiet"><button type="button" class="link" onClick=${() => setRegistering(true)}>${t("login.first")}</button></p>
            `}
      </article>
    </main>
  `;
}

export function LoginForm({ username: known = "" }) {
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState("");
  const action = useAction(async () => {
    try {
      await login(username, password);
    } catch (error) {
      if (error.status === 400) error.message = t("login.wrong");
      throw error;
    }
  });
  return html`
    <${Form} action=${action} submit=${t("login.submit")}>
      <${Field} label=${t("login.username")} name="username" autocomplete="username" autocapitalize="none" spellcheck=${false} required value=${username} onValue=${setUsername} />
      <${Field} label=${t("login.password")} name="password" type="password" autocomplete="current-password" required value=${password} onValue=${setPassword} />
    <//>
  `;
}

function RegisterForm({ isFirst, onBack }) {
  const [fields, setFields] = useState({ username: "", password1: "", password2: "", setup_code: "" });
  const action = useAction(async () => {
    const answer = await register({ ...fields, setup_code: fields.setup_code || undefined }).catch((error) => {
      if (isFirst && error.status === 403) error.fields = { setup_code: t("register.setup_code.wrong") };
      throw error;
    });
    if (isFirst && answer === null) {
      await goToStep("machine");
      go(["setup"]);
    }
    return answer;
  });
  const field = (name, input) => html`
    <${Field} label=${t(`register.${name}`)} name=${name} error=${action.error?.fields?.[name]} value=${fields[name]}
      onValue=${(value) => setFields({ ...fields, [name]: value })} ...${input} />
  `;
  if (action.result !== null) {
    return html`
      <${Note} tone="good"><p>${said(action.result) || t("register.waiting")}</p><//>
      <button type="button" onClick=${onBack}>${t("register.back")}</button>
    `;
  }
  return html`
    <p>${t("register.help")}</p>
    <${Form} action=${action} submit=${t("register.submit")} onCancel=${onBack} cancel=${t("register.back")}>
      ${field("setup_code", { autocomplete: "off", autocapitalize: "none", spellcheck: false, help: t("register.setup_code.help") })}
      ${field("username", { autocomplete: "username", autocapitalize: "none", spellcheck: false, required: true })}
      ${field("password1", { type: "password", autocomplete: "new-password", required: true })}
      ${field("password2", { type: "password", autocomplete: "new-password", required: true })}
    <//>
  `;
}
