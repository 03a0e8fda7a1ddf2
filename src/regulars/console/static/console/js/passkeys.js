// Passkeys: the browser asks the device, and the form brings its answer. Without this file a password and a code let in.

const { webauthnJSON } = globalThis;

// What a device should keep, where it can: a passkey that signs in by itself. A plain security key does as second step.
function toCreate({ publicKey, ...options }) {
  const authenticatorSelection = { residentKey: "preferred", requireResidentKey: false, userVerification: "preferred" };
  return { ...options, publicKey: { ...publicKey, authenticatorSelection } };
}

async function options(form) {
  const kept = document.getElementById(form.dataset.passkey);
  if (kept) return JSON.parse(kept.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return answer.json();
}

async function ask(form) {
  const { creation_options: creating, request_options: requesting } = await options(form);
  return creating ? webauthnJSON.create(toCreate(creating)) : webauthnJSON.get(requesting);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  if (!webauthnJSON.supported()) {
    part("impossible")?.removeAttribute("hidden");
    continue;
  }
  part("possible").removeAttribute("hidden");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    part("failed").hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      part("failed").hidden = false;
    }
  });
}
