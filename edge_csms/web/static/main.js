// Where the page starts: its language first, then an earlier login, then the drawing.

import { App } from "./app.js";
import { loadLanguage } from "./lib/i18n.js";
import { html, render } from "./lib/preact.js";
import { restoreSession } from "./lib/session.js";

async function start() {
  await loadLanguage();
  restoreSession();
  render(html`<${App} />`, document.getElementById("page"));
}

start();
