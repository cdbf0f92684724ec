// The hand-over report on paper: where an administrator wants it, with the site's recovery code, else with a blank for it.
//
// The code is in the memory of the page only: a report that is opened again prints the blank again.

import { Checkbox, Dialog, Form, Note, PasswordAgain } from "../components/ui.js";
import { post, v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { may } from "../lib/session.js";

// Gives the code that the report shows on paper, and what prints the report with a code or without one, once it is drawn so.
export function usePrint() {
  const [request, setRequest] = useState(null);
  const forget = () => setRequest(null);
  useEffect(() => {
    if (request) print();
  }, [request]);
  useEffect(() => {
    addEventListener("pagehide", forget); // a browser may keep a page that was left, for the way back
    return () => removeEventListener("pagehide", forget);
  }, []);
  return [request?.code, (code) => setRequest({ code })];
}

export function PrintReport({ onPrint }) {
  const [asking, setAsking] = useState(false);
  return html`
    <button type="button" class="secondary" onClick=${() => (may("admin") ? setAsking(true) : onPrint())}>${t("commissioning.print")}</button>
    ${asking && html`<${PrintDialog} onPrint=${onPrint} onClose=${() => setAsking(false)} />`}
  `;
}

function PrintDialog({ onPrint, onClose }) {
  const [wanted, setWanted] = useState(false);
  const [typed, setTyped] = useState("");
  const action = useAction(async () => {
    const { code } = wanted ? await post(v1("recovery-code"), { password: typed }) : {};
    onClose();
    onPrint(code);
  });
  return html`
    <${Dialog} title=${t("commissioning.print")} onClose=${onClose}>
      <${Form} action=${action} submit=${t("commissioning.print")} onCancel=${onClose}>
        <${Checkbox} label=${t("commissioning.print_code")} checked=${wanted} onValue=${setWanted} />
        ${wanted &&
        html`<p>${t("commissioning.print_code_help")}</p>
          <${PasswordAgain} action=${action} value=${typed} onValue=${setTyped} />`}
      <//>
    <//>
  `;
}

export const PrintedCode = ({ code }) =>
  code
    ? html`
        <div class="screen-only"><${Note} tone="attention"><p>${t("commissioning.code_held")}</p><//></div>
        <p class="print-only">${t("commissioning.printed_code")} <b>${code}</b></p>
        <p class="print-only">${t("commissioning.printed_code_help")}</p>
      `
    : html`
        <p class="print-only">${t("commissioning.recovery_code")} ____ ____ ____ ____ ____ ____</p>
        ${!may("admin") && html`<p class="screen-only quiet">${t("commissioning.code_who")}</p>`}
      `;
