// All parts of which views are made, under one name: a view need not say in which file each of them stands.

export * from "./access.js";
export * from "./arrival.js";
export * from "./attempts.js";
export * from "./charging_dialogs.js";
export * from "./chart.js";
export * from "./choices.js";
export * from "./confirm.js";
export * from "./copy.js";
export * from "./dialog.js";
export * from "./feedback.js";
export * from "./form.js";
export * from "./heading.js";
export * from "./icon.js";
export * from "./lazy.js";
export * from "./messages.js";
export * from "./qr_code.js";
export * from "./section.js";
export * from "./status.js";
export * from "./table.js";
export * from "./tile.js";
export * from "./time.js";
