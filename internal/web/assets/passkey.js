// Forms that an authenticator completes (WebAuthn). A form says in data-options
// what is to be signed, or in data-begin where to ask for it; the answer goes
// into its hidden fields and the form is sent as any other.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const references = (list) => (list ?? []).map((c) => ({ ...c, id: toBytes(c.id) }));

const sign = async (options) => {
  const key = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: references(options.allowCredentials),
    },
  });
  return answer(key, {
    authenticatorData: toText(key.response.authenticatorData),
    signature: toText(key.response.signature),
  });
};

const create = async (options) => {
  const key = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: references(options.excludeCredentials),
    },
  });
  return answer(key, { attestationObject: toText(key.response.attestationObject) });
};

const answer = (key, response) =>
  JSON.stringify({
    id: key.id,
    rawId: toText(key.rawId),
    type: key.type,
    clientExtensionResults: {},
    response: { ...response, clientDataJSON: toText(key.response.clientDataJSON) },
  });

// begin asks the platform for what the authenticator is to do.
const begin = async (form) => {
  if (form.dataset.options) return { get: JSON.parse(form.dataset.options) };
  const asked = await fetch(form.dataset.begin, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
  });
  if (!asked.ok) throw new DOMException("", asked.status < 500 ? "Refused" : "Failed");
  return asked.json();
};

// What went wrong, by the name of the exception.
const words = {
  Refused: "refused",
  NotAllowedError: "cancelled",
  AbortError: "cancelled",
  InvalidStateError: "known",
  SecurityError: "none",
  NotSupportedError: "none",
};

const complete = async (form) => {
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button[type=submit]");
  said.hidden = true;
  button.disabled = true;
  try {
    if (!window.PublicKeyCredential) throw new DOMException("", "NotSupportedError");
    const todo = await begin(form);
    form.elements.nonce.value = todo.nonce ?? "";
    form.elements.answer.value = await (todo.create ? create(todo.create) : sign(todo.get));
    form.submit();
  } catch (error) {
    said.textContent = said.dataset[words[error.name] ?? "failed"];
    said.hidden = false;
    button.disabled = false;
    delete form.dataset.sent;
  }
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-passkey]")) return;
  event.preventDefault();
  complete(event.target);
});

// The link that an administrator hands out carries the code behind "#", where
// no server and no log sees it.
const coded = document.querySelector("form[data-code]");
if (coded && location.hash.length > 1) {
  coded.elements.code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
