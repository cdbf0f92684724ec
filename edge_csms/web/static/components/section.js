// A part of a view under its own heading, names with their values, and the ways between the parts of one thing.

import { NOTHING } from "../lib/format.js";
import { html } from "../lib/preact.js";

export const Section = ({ id, title, actions, children }) => html`
  <section aria-labelledby=${id}>
    <div class="heading">
      <h2 id=${id}>${title}</h2>
      ${actions && html`<div class="buttons">${actions}</div>`}
    </div>
    ${children}
  </section>
`;

// rows: [[name, value]]
export const Facts = ({ rows }) => html`
  <dl class="facts wide">
    ${rows.flatMap(([name, value]) => [html`<dt key=${name}>${name}</dt>`, html`<dd key="${name}-value" class="foreign">${value ?? NOTHING}</dd>`])}
  </dl>
`;

// tabs: [[name, address, text]]
export const Tabs = ({ label, tabs, current }) => html`
  <nav class="tabs" aria-label=${label}>
    ${tabs.map(([name, address, text]) => html`<a key=${name} href=${address} aria-current=${name === current ? "page" : undefined}>${text}</a>`)}
  </nav>
`;
