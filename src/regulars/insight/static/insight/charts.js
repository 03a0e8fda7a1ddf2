// Draws every chart of the page: <div class="chart"><script type="application/json">…specification…</script></div>.
// Colours stand in a specification as var(--role); they are looked up here, so charts follow light and dark mode.
// `ast` and the style switches keep Vega within the content security policy: no eval, no inline styles.
import "./vega-bundle.js";

const OPTIONS = {
  actions: false,
  ast: true,
  defaultStyle: false,
  renderer: "svg",
  tooltip: { disableDefaultStyle: true },
};
const drawn = new WeakMap();

function colours() {
  const probe = document.createElement("span");
  probe.hidden = true;
  // Where the system has colours of its own every role would be the same black, and a chart one black square.
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const found = new Map();
  const colour = (role) => {
    if (!found.has(role)) {
      probe.style.color = `var(--${role})`;
      found.set(role, getComputedStyle(probe).color);
    }
    return found.get(role);
  };
  return { colour, done: () => probe.remove() };
}

function coloured(text) {
  const { colour, done } = colours();
  const replaced = text.replace(/var\(--([a-z-]+)\)/g, (_, role) => colour(role));
  done();
  return JSON.parse(replaced);
}

async function draw(place) {
  const source = place.querySelector('script[type="application/json"]');
  if (!source) return;
  const spec = coloured(source.textContent);
  let canvas = place.querySelector(".chart-canvas");
  if (!canvas) {
    canvas = document.createElement("div");
    canvas.className = "chart-canvas";
    // Read aloud, the chart is its title and the table beside it, not a hundred unnamed marks.
    canvas.ariaHidden = "true";
    place.append(canvas);
  }
  drawn.get(place)?.finalize();
  drawn.set(place, await window.vegaEmbed(canvas, spec, OPTIONS));
  place.dataset.drawn = "";
}

function drawAll(root) {
  const places = root.querySelectorAll(".chart");
  return Promise.all([...places].map(draw));
}

drawAll(document);
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
new MutationObserver(() => drawAll(document)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
