// What a view says of itself: it is loading, it failed and why, there is nothing yet and what to do about it.

import { t } from "../lib/i18n.js";
import { notices } from "../lib/notices.js";
import { html } from "../lib/preact.js";
import { useStore } from "../lib/store.js";

export const Loading = () => html`<p class="quiet" aria-busy="true">${t("loading")}</p>`;

// An error in plain words, the server's own words below it, and a button where trying again may help.
export function ErrorNote({ error, retry }) {
  if (!error) return null;
  const message = error.status === undefined ? t("error.page") : error.message;
  return html`
    <div class="note note-error" role="alert">
      <p>${message}</p>
      ${error.detail && html`<p class="detail sentence foreign">${error.code && html`<b>${error.code}</b>${" "}`}${error.detail}</p>`}
      ${retry && html`<button type="button" class="small secondary" onClick=${retry}>${t("try_again")}</button>`}
    </div>
  `;
}

export const Empty = ({ children }) => html`<div class="empty">${children}</div>`;

// The result of something that was done: tone is "good", "attention" or "bad".
export const Note = ({ tone = "attention", children }) => html`<div class="note note-${tone}" role="status">${children}</div>`;

export function Notices() {
  const shown = useStore(notices);
  return html`<div class="notices" role="status">${shown.map(({ id, text }) => html`<p key=${id}>${text}</p>`)}</div>`;
}
