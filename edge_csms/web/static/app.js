// The frame around all views: who is logged in, the way around, whether what is shown is fresh, and the view of the address.

import { Dialog, Icon, Notices, lazy } from "./components/ui.js";
import { moment } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { liveState, startLive, stopLive } from "./lib/live.js";
import { html, useEffect } from "./lib/preact.js";
import { href, route } from "./lib/router.js";
import { session } from "./lib/session.js";
import { facts, followFacts, updatedTo } from "./lib/site.js";
import { useStore } from "./lib/store.js";
import { LoginForm, LoginView } from "./views/login.js";
import { ConfirmView, TrialNote } from "./views/network_trial.js";
import { SetupHint } from "./views/setup_hint.js";
import { SiteView } from "./views/site.js";

// All but the first screen come when they are opened.
const ChargePointView = lazy(async () => (await import("./views/charge_point.js")).ChargePointView);
const ChargePointsView = lazy(async () => (await import("./views/charge_points.js")).ChargePointsView);
const CommissioningView = lazy(async () => (await import("./views/commissioning.js")).CommissioningView);
const FirmwareView = lazy(async () => (await import("./views/firmware.js")).FirmwareView);
const IdTagsView = lazy(async () => (await import("./views/id_tags.js")).IdTagsView);
const MessagesView = lazy(async () => (await import("./views/messages.js")).MessagesView);
const SettingsView = lazy(async () => (await import("./views/settings.js")).SettingsView);
const SetupView = lazy(async () => (await import("./views/setup.js")).SetupView);
const TemplatesView = lazy(async () => (await import("./views/templates.js")).TemplatesView);
const TransactionView = lazy(async () => (await import("./views/transaction.js")).TransactionView);
const TransactionsView = lazy(async () => (await import("./views/transactions.js")).TransactionsView);

// A view more is a line here; `one` shows the item that a second segment of the address names. Those `below` another one are
// reached from there and not from the bar.
const VIEWS = [
  { name: "site", icon: "site", all: SiteView },
  { name: "charge-points", icon: "charger", all: ChargePointsView, one: ChargePointView },
  { name: "messages", icon: "messages", all: MessagesView },
  { name: "transactions", icon: "transactions", all: TransactionsView, one: TransactionView },
  { name: "id-tags", icon: "tags", all: IdTagsView },
  { name: "settings", icon: "settings", all: SettingsView },
  { name: "commissioning", below: "charge-points", all: ChargePointsView, one: CommissioningView },
  { name: "firmware", below: "charge-points", all: FirmwareView },
  { name: "setup", below: "settings", all: SetupView },
  { name: "templates", below: "charge-points", all: TemplatesView },
];

export function App() {
  const { state } = useStore(session);
  const { segments } = useStore(route);
  if (segments[0] === "confirm") return html`<${ConfirmView} />`;
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
      <${Navigation} current=${view.below ?? view.name} />
      <${LiveMark} />
    </header>
    <${LostBanner} />
    <${UpdateHint} />
    <${TrialNote} />
    <${SetupHint} />
    <main id="main" tabindex="-1">${shown}</main>
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
    ${VIEWS.filter(({ below }) => !below).map(
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

// The server was updated under this page, which is that of the version before.
function UpdateHint() {
  const version = useStore(updatedTo);
  if (version === null) return null;
  return html`<p class="banner" role="alert">${t("update.hint", { version })} <button type="button" class="small" onClick=${() => location.reload()}>${t("update.reload")}</button></p>`;
}

// The view stays as it is below: a form that is half filled keeps what was typed.
const LoginAgain = () => html`
  <${Dialog} title=${t("login.again")}>
    <p>${t("login.expired")}</p>
    <${LoginForm} username=${session.get().user.username} />
  <//>
`;
