// The heading of a view: names the browser's tab, and takes the focus so that a screen reader says where one has come to.

import { html, useEffect, useRef } from "../lib/preact.js";
import { facts } from "../lib/site.js";
import { useStore } from "../lib/store.js";

let first = true; // the page was just opened: leave the focus where the browser put it

export function Heading({ title, children }) {
  const heading = useRef(null);
  const site = useStore(facts)?.name;
  useEffect(() => {
    document.title = site ? `${title} · ${site}` : title;
  }, [title, site]);
  useEffect(() => {
    if (!first) heading.current.focus();
    first = false;
  }, []);
  return html`
    <div class="heading">
      <h1 ref=${heading} tabindex="-1" class="foreign">${title}</h1>
      ${children && html`<div class="buttons">${children}</div>`}
    </div>
  `;
}
