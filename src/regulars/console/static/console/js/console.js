// What a page does beyond links and forms. Without this file everything still works, one page at a time.

const panel = document.getElementById("panel");

// A definition opens beside the page; with a modifier key it opens as any link does.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  htmx.ajax("GET", link.href, { source: link, target: "#panel-body", select: "#definition", swap: "innerHTML ignoreTitle:true" });
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "panel-body" && !panel.open) panel.showModal();
});

// A click on what lies behind closes the panel, as people expect.
panel?.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});

// Saving a draft shows its page anew: what was open in it stays open.
document.addEventListener("formdata", ({ formData, target }) => {
  if (target.id !== "draft") return;
  for (const card of target.querySelectorAll("details[id][open]")) formData.append("open", card.id);
});

// When the server says no to a part of a page, show its answer as a page: it explains itself.
document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (requestConfig.verb === "get" && xhr.status !== 0) window.location.assign(requestConfig.path);
});

// What somebody is pressing is not replaced beneath them: its form is asked again once they let go.
let pressed = null;
let overdue = null;

const letGo = () => {
  const form = overdue;
  pressed = overdue = null;
  // Their own click comes first.
  if (form) setTimeout(() => htmx.trigger(form, "change"));
};

document.addEventListener("pointerdown", (event) => { pressed = event.target; });
document.addEventListener("keydown", (event) => { if (event.key === " ") pressed = event.target; });
for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, letGo);
window.addEventListener("blur", letGo);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, target } = event.detail;
  if (!requestConfig.elt.matches("form") || !target.contains(pressed)) return;
  event.detail.shouldSwap = false;
  overdue = requestConfig.elt;
});

// Whoever sent a form that came back goes on where it is wrong.
if (!document.querySelector("[autofocus]")) document.querySelector("main [aria-invalid=true]")?.focus();

// A field that stays while what is around it is replaced is told whether it is wrong.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.target.querySelector("[hx-preserve]")) return;
  const answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  for (const field of answer.querySelectorAll("[hx-preserve]")) {
    const here = document.getElementById(field.id);
    if (here) here.ariaInvalid = field.ariaInvalid;
  }
});

// The next customer is one key away; Escape first closes what is open.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open], :popover-open")) return;
  document.querySelector("a[data-escape]")?.click();
});
