// A dialog over the page: the browser's own, which keeps the focus inside and closes on Escape.

import { t } from "../lib/i18n.js";
import { html, useEffect, useRef } from "../lib/preact.js";

let lastId = 0;

export function Dialog({ title, onClose, wide, children }) {
  const dialog = useRef(null);
  const titleId = useRef(`dialog-${++lastId}`);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    dialog.current.querySelector("form :is(input, select)")?.focus(); // not the button that closes it
    return () => before?.isConnected && before.focus();
  }, []);
  const cancel = (event) => {
    event.preventDefault(); // only its owner closes it
    onClose?.();
  };
  const closed = () => (onClose ? onClose() : dialog.current?.showModal()); // a browser lets a second Escape through
  return html`
    <dialog ref=${dialog} aria-labelledby=${titleId.current} onCancel=${cancel} onClose=${closed}>
      <article class=${wide ? "wide" : ""}>
        <header>
          ${onClose && html`<button type="button" rel="prev" class="close" aria-label=${t("close")} onClick=${onClose}></button>`}
          <h2 id=${titleId.current}>${title}</h2>
        </header>
        ${children}
      </article>
    </dialog>
  `;
}
