// The user-interface libraries under one name: no other module imports from vendor/preact or vendor/htm.

import { Component, h } from "../vendor/preact/preact.js";
import htm from "../vendor/htm/htm.js";

export { useCallback, useEffect, useMemo, useRef, useState } from "../vendor/preact/hooks.js";
export { render } from "../vendor/preact/preact.js";
export const html = htm.bind(h);

// Wraps a component so that it is drawn again only when one of its properties is another one: for long lists.
export const memo = (draw) =>
  class extends Component {
    shouldComponentUpdate(next) {
      return Object.keys(next).some((name) => next[name] !== this.props[name]);
    }

    render(properties) {
      return h(draw, properties);
    }
  };
