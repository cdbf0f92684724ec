// Fields that many dialogs ask for: one of a charger's connectors, one of the site's tags.

import { v1 } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { useResource } from "../lib/resource.js";
import { Field } from "./form.js";

const SUGGESTED_TAGS = 200;

// [[value, text]]; `first` stands before the connectors, such as one for the whole charger.
export const connectorChoices = (item, first = []) => [...first, ...item.connectors.map(({ connector_id }) => [String(connector_id), t("connector.number", { number: connector_id })])];

export function TagField(input) {
  const tags = useResource(v1("id-tags"), { limit: SUGGESTED_TAGS });
  const suggestions = (tags.data?.items ?? []).filter((tag) => !tag.blocked).map((tag) => [tag.id_tag, tag.note]);
  return html`<${Field} label=${t("start.id_tag")} required autocomplete="off" spellcheck=${false} maxlength="20" suggestions=${suggestions} ...${input} />`;
}
