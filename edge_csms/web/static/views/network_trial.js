// What a page shows while a change of the network is on trial, and the page at the new address that confirms it.

import { Note } from "../components/ui.js";
import { send } from "../lib/http.js";
import { t, word } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { go, route } from "../lib/router.js";
import { may } from "../lib/session.js";
import { useStore } from "../lib/store.js";
import { confirmingUrl, forgetTrial, lookForTrial, takeTrialBack, trial } from "../lib/trial.js";

export function TrialNote() {
  const last = useStore(trial);
  useEffect(() => {
    lookForTrial().catch(() => {}); // the live connection says what is wrong
  }, []);
  if (last === null) return null;
  return last.state === "running" ? html`<${Running} last=${last} />` : html`<${Ended} state=${last.state} />`;
}

function Running({ last }) {
  const left = useSecondsUntil(last.endsAt);
  const back = useAction(takeTrialBack);
  if (last.unreachable && left === 0) return html`<${Ended} state="unknown" />`;
  return html`
    <div class="banner" role="alert">
      <p><b>${t("trial.title")}</b> ${t("trial.text")}</p>
      <p><a href=${confirmingUrl(last)} target="_blank" rel="noopener">${t("trial.open", { url: last.url })}</a></p>
      ${last.elsewhere > 0 && html`<p>${t("trial.elsewhere", { count: last.elsewhere })}</p>`}
      ${last.unreachable && html`<p>${t("trial.unreachable")}</p>`}
      <p aria-hidden="true">${t("trial.left", { seconds: left })}</p>
      ${may("admin") && html`<button type="button" class="small secondary" aria-busy=${back.busy} onClick=${back.run}>${t("trial.take_back")}</button>`}
    </div>
  `;
}

const Ended = ({ state }) => html`
  <div class="banner" role="alert">
    <p>${word("trial_state", state)}</p>
    <button type="button" class="small secondary" onClick=${forgetTrial}>${t("close")}</button>
  </div>
`;

function useSecondsUntil(time) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((time - now) / 1000));
}

// Opened at the new address, which proves that it can be reached: no login is needed, the code is the proof.
export function ConfirmView() {
  const { query } = useStore(route);
  const [outcome, setOutcome] = useState(null);
  useEffect(() => {
    send("POST", "/api/v1/settings/trial/confirm", { body: { code: query.code ?? "" } }).then(
      () => setOutcome({ tone: "good", text: t("confirm.done") }),
      (error) => setOutcome({ tone: "bad", text: error.detail ?? error.message }),
    );
  }, []);
  return html`
    <main class="login">
      <article>
        <h1>${t("confirm.title")}</h1>
        ${outcome && html`<${Note} tone=${outcome.tone}><p>${outcome.text}</p><//>`}
        <p><button type="button" onClick=${() => go(["setup"])}>${t("confirm.go_on")}</button></p>
      </article>
    </main>
  `;
}
