// Fields with their labels and errors, and forms that keep what was typed when the server says no.

import { t } from "../lib/i18n.js";
import { html, useRef } from "../lib/preact.js";
import { ErrorNote } from "./feedback.js";

let lastId = 0;

// One labelled input; `options` [[value, text]] make it a choice, `suggestions` [[value, text]] a text with proposals, `rows` several lines.
export function Field({ label, help, error, options, suggestions, rows, value, onValue, ...input }) {
  const id = useRef(`field-${++lastId}`).current;
  const described = [error && `${id}-error`, help && `${id}-help`].filter(Boolean).join(" ");
  const common = { id, "aria-describedby": described || undefined, "aria-invalid": error ? "true" : undefined, ...input };
  const change = (event) => onValue(event.target.value);
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${options
        ? html`<select ...${common} value=${value} onChange=${change}>
            ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}
          </select>`
        : rows
          ? html`<textarea ...${common} rows=${rows} value=${value} onInput=${change}></textarea>`
          : html`<input ...${common} value=${value} onInput=${change} list=${suggestions && `${id}-list`} />`}
      ${suggestions &&
      html`<datalist id="${id}-list">${suggestions.map(([key, text]) => html`<option key=${key} value=${key}>${text}</option>`)}</datalist>`}
      ${error && html`<small id="${id}-error" class="field-error">${error}</small>`}
      ${help && html`<small id="${id}-help">${help}</small>`}
    </div>
  `;
}

export function Checkbox({ label, checked, onValue, ...input }) {
  return html`
    <label class="checkbox"><input type="checkbox" checked=${checked} onChange=${(event) => onValue(event.target.checked)} ...${input} /> ${label}</label>
  `;
}

// A form around an action of lib/resource.js: its error stands above the buttons, its fields stay as typed. An error that names
// fields is left to them, unless `whole` says that not each has a place of its own.
export function Form({ action, submit, danger, disabled, whole, onCancel, cancel, children }) {
  const send = (event) => {
    event.preventDefault();
    action.run();
  };
  const shownAtFields = !whole && action.error && Object.keys(action.error.fields ?? {}).some((name) => name !== "non_field_errors");
  return html`
    <form onSubmit=${send}>
      ${children}
      ${action.error && !shownAtFields && html`<${ErrorNote} error=${action.error} />`}
      <div class="buttons">
        <button type="submit" class=${danger ? "danger" : ""} aria-busy=${action.busy} disabled=${disabled || action.busy}>${submit}</button>
        ${onCancel && html`<button type="button" class="secondary" onClick=${onCancel}>${cancel ?? t("cancel")}</button>`}
      </div>
    </form>
  `;
}
