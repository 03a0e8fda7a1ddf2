// Draws the charts. A figure names the address of its specification; the colours follow the page's theme.

const dark = window.matchMedia("(prefers-color-scheme: dark)");

const theme = () => {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
};

// The charts come under a policy that allows neither eval nor inline style: hence `ast` and the switched-off styles.
const options = {
  actions: false,
  ast: true,
  defaultStyle: false,
  renderer: "svg",
  tooltip: { disableDefaultStyle: true },
};

async function draw(plot) {
  plot.classList.add("is-waiting");
  try {
    const address = new URL(plot.dataset.chart, window.location.href);
    address.searchParams.set("theme", theme());
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${address.pathname} answered ${answer.status}`);
    await window.vegaEmbed(plot, await answer.json(), options);
    plot.dataset.drawn = theme();
  } catch (error) {
    console.error(error);
    plot.textContent = plot.dataset.sorry;
  } finally {
    plot.classList.remove("is-waiting");
  }
}

const drawAll = (root) => root.querySelectorAll("[data-chart]").forEach(draw);

drawAll(document);
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.detail.elt));
dark.addEventListener("change", () => drawAll(document));
