{% load static %}// Shows the card as it was last seen when there is no network. Nothing else is kept, and signing out clears it.

const CARD = "{% url 'portal_card' shop.slug %}";
const ENDS = ["{% url 'portal_sign_out' shop.slug %}", "{% url 'portal_leave' shop.slug %}"];
// One for each program, for several may live at one address; those of an older worker of this one go.
const MINE = "card-{{ shop.slug }}-";
const KEPT = `${MINE}1`;
const PARTS = [
  "{% static 'storefront/css/tokens.css' %}",
  "{% static 'storefront/css/accents.css' %}",
  "{% static 'storefront/css/page.css' %}",
  "{% static 'storefront/css/parts.css' %}",
  "{% static 'portal/portal.css' %}",
  "{% static 'portal/card.css' %}",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(MINE) && !name.slice(MINE.length).includes("-") && name !== KEPT;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))));
});

const opened = () => caches.open(KEPT);
const keep = (request, answer) => opened().then((cache) => cache.put(request, answer)).catch(() => undefined);
const forget = () => opened().then((cache) => cache.delete(CARD, { ignoreSearch: true })).catch(() => undefined);

// Only a card that was just seen is worth keeping: any other answer says that the one before is not to be shown.
async function fresh(event) {
  const { request } = event;
  const isCard = new URL(request.url).pathname === CARD;
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) event.waitUntil(keep(request, answer.clone()));
    else if (isCard) event.waitUntil(forget());
    return answer;
  } catch (error) {
    const cache = await opened();
    const known = await cache.match(request, { ignoreSearch: true });
    if (known) return known;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "POST" && ENDS.includes(pathname)) event.waitUntil(forget());
  if (event.request.method !== "GET") return;
  if (pathname === CARD || PARTS.includes(pathname)) event.respondWith(fresh(event));
});
