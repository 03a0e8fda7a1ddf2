{% load static %}// Shows the card as it was last seen when there is no network. Nothing else is kept, and signing out clears it.

const CARD = "{% url 'portal_card' shop.slug %}";
const KEPT = "card-1";
const PARTS = [
  "{% static 'storefront/css/tokens.css' %}",
  "{% static 'storefront/css/page.css' %}",
  "{% static 'storefront/css/parts.css' %}",
  "{% static 'portal/portal.css' %}",
  "{% static 'portal/card.css' %}",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name !== KEPT;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))));
});

const keep = (request, answer) => caches.open(KEPT).then((cache) => cache.put(request, answer));

async function fresh(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(request, answer.clone());
    return answer;
  } catch (error) {
    const known = await caches.match(request, { ignoreSearch: true });
    if (known) return known;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (pathname === CARD || PARTS.includes(pathname)) event.respondWith(fresh(event.request));
});
