// Asks before something that interrupts a driver or can't be taken back.

import { useAction } from "../lib/resource.js";
import { html } from "../lib/preact.js";
import { Dialog } from "./dialog.js";
import { Form } from "./form.js";

export function Confirm({ title, submit, cancel, onConfirm, onClose, children }) {
  const action = useAction(async () => {
    await onConfirm();
    onClose();
  });
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <${Form} action=${action} submit=${submit} cancel=${cancel} danger onCancel=${onClose}>${children}<//>
    <//>
  `;
}
