// The page's icons: lines on a 24 by 24 grid, in the colour of the text around them.

import { html } from "../lib/preact.js";

const PATHS = {
  add: "M12 5v14M5 12h14",
  available: "M9 3v5M15 3v5M7 8h10v3a5 5 0 0 1-10 0zM12 16v5",
  charger: "M5 21V5a2 2 0 0 1 2-2h6a2 2 0 0 1 2 2v16M3 21h14M8 7h4M15 11h2a2 2 0 0 1 2 2v3a1.5 1.5 0 0 0 3 0V9l-3-3",
  charging: "M13 2 5 13h6l-1 9 9-12h-6z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  fault: "M12 3 2 20h20zM12 10v4M12 17v.5",
  finishing: "M5 13l4 4L19 7",
  in: "M19 12H5M11 6l-6 6 6 6",
  messages: "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
  offline: "M3 3l18 18M8.5 12.5a6 6 0 0 1 2-1.3M4.5 9a12 12 0 0 1 3.3-2.2M12 6c2.900 0 5.500 1.100 7.500 3M15.500 12.500l-.6-.5M12 17v.5",
  out: "M5 12h14M13 6l6 6-6 6",
  pause: "M9 5v14M15 5v14",
  preparing: "M7 3h10M7 21h10M8 3c0 5 8 6 8 9s-8 4-8 9M16 3c0 5-8 6-8 9s8 4 8 9",
  reserved: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  settings: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h2M10 12h10M8 10v4",
  site: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  stop: "M6 6h12v12H6z",
  tags: "M3 6h18v12H3zM3 10h18M6 15h4",
  transactions: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  unavailable: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.600 5.600l12.800 12.800",
  unknown: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
};

export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>
`;
