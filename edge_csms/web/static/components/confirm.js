// Asks before something that interrupts a driver or can't be taken back; before the worst of it for the password again,
// so that nobody does it on a phone that was left lying.

import { post, v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { Dialog } from "./dialog.js";
import { Field, Form } from "./form.js";

export function Confirm({ title, submit, cancel, password, onConfirm, onClose, children }) {
  const [typed, setTyped] = useState("");
  const action = useAction(async () => {
    if (password) await confirmPassword(typed);
    await onConfirm();
    onClose();
  });
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <${Form} action=${action} submit=${submit} cancel=${cancel} danger onCancel=${onClose}>
        ${children} ${password && html`<${PasswordAgain} action=${action} value=${typed} onValue=${setTyped} />`}
      <//>
    <//>
  `;
}

// Raises an error of the field `password` where it is wrong.
export const confirmPassword = (password) => post(v1("account", "password", "confirm"), { password });

// `why`: what it is asked for, where it isn't that the matter can't be taken back.
export const PasswordAgain = ({ action, value, onValue, why }) => html`
  <${Field} label=${t("password.again")} help=${why ?? t("password.again.help")} name="password" type="password" autocomplete="current-password" required
    error=${action.error?.fields?.password} value=${value} onValue=${onValue} />
`;
