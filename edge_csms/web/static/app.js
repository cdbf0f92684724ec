// The frame around all views: who is logged in, the way around, whether what is shown is fresh, and the view of the address.

import { Notices } from "./components/feedback.js";
import { Dialog } from "./components/dialog.js";
import { Icon } from "./components/icon.js";
import { moment } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { liveState, startLive, stopLive } from "./lib/live.js";
import { html, useEffect } from "./lib/preact.js";
import { href, route } from "./lib/router.js";
import { session } from "./lib/session.js";
import { facts, followFacts } from "./lib/site.js";
import { useStore } from "./lib/store.js";
import { ChargePointView } from "./views/charge_point.js";
import { ChargePointsView } from "./views/charge_points.js";
import { IdTagsView } from "./views/id_tags.js";
import { LoginForm, LoginView } from "./views/login.js";
import { MessagesView } from "./views/messages.js";
import { SettingsView } from "./views/settings.js";
import { SiteView } from "./views/site.js";
import { TransactionView } from "./views/transaction.js";
import { TransactionsView } from "./views/transactions.js";

// A view more is a line here; `one` shows the item that a second segment of the address names.
const VIEWS = [
  { name: "site", icon: "site", all: SiteView },
  { name: "charge-points", icon: "charger", all: ChargePointsView, one: ChargePointView },
  { name: "messages", icon: "messages", all: MessagesView },
  { name: "transactions", icon: "transactions", all: TransactionsView, one: TransactionView },
  { name: "id-tags", icon: "tags", all: IdTagsView },
  { name: "settings", icon: "settings", all: SettingsView },
];

export function App() {
  const { state } = useStore(session);
  if (state === "out") return html`<${LoginView} />`;
  return html`
    <${Frame} />
    ${state === "expired" && html`<${LoginAgain} />`}
  `;
}

function Frame() {
  useEffect(() => {
    startLive();
    const stopFacts = followFacts();
    return () => {
      stopLive();
      stopFacts();
    };
  }, []);
  const { segments } = useStore(route);
  const view = VIEWS.find(({ name }) => name === segments[0]) ?? VIEWS[0];
  const [, id] = segments;
  const shown = view.one && id !== undefined ? html`<${view.one} key=${id} id=${id} />` : html`<${view.all} key=${view.name} />`;
  return html`
    <a class="skip" href="#main" onClick=${skipToMain}>${t("skip_to_content")}</a>
    <header class="top">
      <a class="brand" href=${href(["site"])}><${SiteName} /></a>
      <${Navigation} current=${view.name} />
      <${LiveMark} />
    </header>
    <${LostBanner} />
    <main id="main" tabindex="-1" class="container-fluid">${shown}</main>
    <${Notices} />
  `;
}

function skipToMain(event) {
  event.preventDefault(); // the address names the view
  document.getElementById("main").focus();
}

const SiteName = () => useStore(facts)?.name || "edge_csms";

const Navigation = ({ current }) => html`
  <nav class="views" aria-label=${t("nav.label")}>
    ${VIEWS.map(
      ({ name, icon }) => html`
        <a key=${name} href=${href([name])} aria-current=${name === current ? "page" : undefined}><${Icon} name=${icon} /><span>${t(`nav.${name}`)}</span></a>
      `,
    )}
  </nav>
`;

function LiveMark() {
  const { state } = useStore(liveState);
  return html`<span class="live live-${state}" role="status"><i aria-hidden="true"></i>${t(`live.${state}`)}</span>`;
}

function LostBanner() {
  const { state, since } = useStore(liveState);
  if (state !== "lost") return null;
  return html`<p class="banner" role="alert">${t("live.banner", { time: moment(since, "time") })}</p>`;
}

// The view stays as it is below: a form that is half filled keeps what was typed.
const LoginAgain = () => html`
  <${Dialog} title=${t("login.again")}>
    <p>${t("login.expired")}</p>
    <${LoginForm} username=${session.get().user.username} />
  <//>
`;
