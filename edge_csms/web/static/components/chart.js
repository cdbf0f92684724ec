// A chart of curves over time, drawn by uPlot, which is fetched when the first chart is needed.

import { moment, siteTimeZone } from "../lib/format.js";
import { html, useEffect, useRef } from "../lib/preact.js";

const HEIGHT = 280;
const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440].map((minutes) => minutes * 60); // between two times below

let library = null;

function loadLibrary() {
  library ??= new Promise((done, failed) => {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "vendor/uplot/uPlot.min.css" });
    const script = Object.assign(document.createElement("script"), { src: "vendor/uplot/uPlot.iife.min.js" });
    script.onload = () => done(window.uPlot);
    script.onerror = () => {
      library = null; // the next chart tries again
      failed(new Error("the chart library can't be loaded"));
    };
    document.head.append(style, script);
  });
  return library;
}

// curves: [{label, unit, values, color (name of a CSS variable), digits, stepped, axis (else the label)}], a scale for each
// unit; times in seconds.
export function Chart({ label, timeLabel, times, curves }) {
  const place = useRef(null);
  useEffect(() => {
    const element = place.current;
    let chart = null;
    let gone = false;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const draw = async () => {
      const uPlot = await loadLibrary();
      if (gone) return;
      chart?.destroy();
      chart = new uPlot(options(uPlot, element, timeLabel, curves), [times, ...curves.map(({ values }) => values)], element);
    };
    const fit = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height: HEIGHT }));
    draw().catch(() => {});
    fit.observe(element);
    dark.addEventListener("change", draw);
    return () => {
      gone = true;
      fit.disconnect();
      dark.removeEventListener("change", draw);
      chart?.destroy();
    };
  }, [times, curves]);
  return html`<div class="chart" role="img" aria-label=${label} ref=${place}></div>`;
}

function options(uPlot, place, timeLabel, curves) {
  const style = getComputedStyle(place);
  const color = (name) => style.getPropertyValue(name).trim();
  const byUnit = curves.filter(({ unit }, index) => curves.findIndex((other) => other.unit === unit) === index);
  const lines = { stroke: color("--pico-color"), grid: { stroke: color("--pico-muted-border-color"), width: 1 }, ticks: { show: false } };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), siteTimeZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone),
    scales: Object.fromEntries(curves.map(({ unit }) => [unit, { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 1) * 1.05 || 1] }])),
    axes: [
      { ...lines, incrs: STEPS_SECONDS, values: (_, splits) => splits.map((seconds) => moment(new Date(seconds * 1000).toISOString(), "clock")) },
      ...byUnit.map(({ unit, label, axis = label }, index) => ({ ...lines, scale: unit, label: `${axis} (${unit})`, side: index ? 1 : 3, size: 50, grid: { ...lines.grid, show: index === 0 } })),
    ],
    series: [
      { value: "{YYYY}-{MM}-{DD} {HH}:{mm}", label: timeLabel },
      ...curves.map(({ label, unit, color: name, digits, stepped }) => ({
        label, scale: unit, stroke: color(name), width: 2, spanGaps: !stepped, paths: stepped && uPlot.paths.stepped({ align: 1 }), value: (_, value) => (value === null ? "–" : `${value.toFixed(digits)} ${unit}`),
      })),
    ],
  };
}
