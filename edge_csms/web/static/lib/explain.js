// What a charger's answer to a command means in plain words, and what to try next.

import { has, t } from "./i18n.js";

const GOOD = new Set(["Accepted", "Unlocked", "Scheduled"]);

// Gives {tone, text, next}: what happened, and a hint where there is one.
export function explain(action, answer) {
  const status = answer?.status;
  if (status === undefined) return { tone: "good", text: t("explain.answered"), next: null };
  const key = `explain.${action}.${status}`;
  return {
    tone: GOOD.has(status) ? "good" : "attention",
    text: has(key) ? t(key) : t("explain.other", { status }),
    next: has(`${key}.next`) ? t(`${key}.next`) : null,
  };
}
