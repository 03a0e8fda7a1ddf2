/* Two elements for a shop's own pages. See docs/embed.md.
 *
 * <script src="https://loyalty.example.com/m/embed.js" defer></script>
 * <regulars-balance program="tea-house" token="…"></regulars-balance>
 * <regulars-earn program="tea-house" token="…" order='{"currency": "TWD", "lines": […]}'></regulars-earn>
 */
(() => {
  "use strict";

  const home = new URL(".", document.currentScript.src);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host {
      --accent: var(--regulars-accent, #0d6953);
      --line: var(--regulars-line, color-mix(in srgb, currentColor 18%, transparent));
      display: inline-block;
      font: var(--regulars-font, inherit);
      color: var(--regulars-text, inherit);
    }
    :host([hidden]) { display: none; }
    .box {
      display: grid;
      gap: 6px;
      min-width: 200px;
      padding: var(--regulars-padding, 14px 16px);
      border: 1px solid var(--line);
      border-radius: var(--regulars-radius, 10px);
      background: var(--regulars-surface, transparent);
    }
    .row { display: flex; justify-content: space-between; gap: 16px; align-items: baseline; }
    .points { font-size: 1.4em; font-weight: 650; font-variant-numeric: tabular-nums; }
    .tier { color: var(--accent); font-weight: 600; }
    .quiet { font-size: 0.875em; opacity: 0.75; }
    .bar { height: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
    .bar i { display: block; height: 100%; border-radius: 3px; background: var(--accent); }
    .earns { color: var(--accent); font-weight: 600; }
    a { color: inherit; text-underline-offset: 3px; }
    a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  `);

  const make = (name, parts = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(parts)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  class Asking extends HTMLElement {
    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      /* Until there is an answer, and where there is none, what the shop wrote inside is shown. */
      this.place = make("div", { "aria-live": "polite" }, make("slot"));
      root.append(this.place);
    }

    connectedCallback() {
      /* What a page set before this script was there stands in the way of the property. */
      if (Object.hasOwn(this, "order")) {
        const { order } = this;
        delete this.order;
        this.order = order;
      }
      this.ask();
    }

    disconnectedCallback() {
      this.asked?.abort();
    }

    attributeChangedCallback(_name, before, after) {
      if (before !== after && this.isConnected) this.ask();
    }

    /* Attributes that change together are one question, and only the last answer counts. */
    ask() {
      if (this.waits) return;
      this.waits = true;
      queueMicrotask(() => {
        this.waits = false;
        if (this.isConnected) this.fetch();
      });
    }

    async fetch() {
      this.asked?.abort();
      const asked = (this.asked = new AbortController());
      const { path, ...how } = this.question() ?? {};
      if (!path) return this.show();
      const url = new URL(`${encodeURIComponent(this.getAttribute("program") ?? "")}/embed/${path}`, home);
      url.searchParams.set("lang", this.closest("[lang]")?.lang || navigator.language);
      const token = this.getAttribute("token");
      const headers = { ...how.headers, ...(token && { Authorization: `Bearer ${token}` }) };
      try {
        const answer = await fetch(url, { ...how, headers, credentials: "omit", signal: asked.signal });
        const told = await answer.json();
        if (!answer.ok) throw told;
        this.show(told);
        this.tell("regulars-told", told);
      } catch (problem) {
        if (asked.signal.aborted) return;
        this.show();
        this.tell("regulars-failed", problem?.code ? problem : { code: "unreachable", title: String(problem) });
      }
    }

    tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }

    show(told) {
      this.place.replaceChildren(told ? this.drawn(told) : make("slot"));
    }
  }

  class Balance extends Asking {
    static observedAttributes = ["program", "token", "lang"];

    question() {
      return this.hasAttribute("token") ? { path: "balance" } : null;
    }

    drawn(told) {
      const box = make("div", { class: "box", part: "box" });
      const points = make("span", { class: "points", part: "points" }, told.words);
      box.append(make("div", { class: "row" }, points, make("span", { class: "tier", part: "tier" }, told.tier)));
      if (told.worth) box.append(make("div", { class: "quiet" }, told.worth));
      if (told.way) {
        const share = Math.min(100, Math.round((told.way.done * 100) / told.way.whole));
        const fill = make("i");
        fill.style.width = `${share}%`;
        box.append(make("div", { class: "bar", part: "bar", "aria-hidden": "true" }, fill));
        box.append(make("div", { class: "quiet" }, told.way.words));
      }
      if (told.expiry) box.append(make("div", { class: "quiet" }, told.expiry));
      box.append(make("a", { class: "quiet", part: "link", href: told.portal }, told.program));
      return box;
    }
  }

  class Earn extends Asking {
    static observedAttributes = ["program", "token", "lang", "order"];

    /* A cart as the API reads one; it can be set as a property, too. */
    get order() {
      return JSON.parse(this.getAttribute("order") || "null");
    }

    set order(cart) {
      this.setAttribute("order", JSON.stringify(cart));
    }

    question() {
      const body = this.getAttribute("order");
      return body ? { path: "earn", method: "POST", body, headers: { "Content-Type": "application/json" } } : null;
    }

    drawn(told) {
      return make("span", { class: "earns", part: "earns" }, told.words);
    }
  }

  customElements.define("regulars-balance", Balance);
  customElements.define("regulars-earn", Earn);
})();
