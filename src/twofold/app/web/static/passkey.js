'use strict';
// Asks the device for a passkey and puts its answer into the form; the server checks it.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')),
    (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = {
    create: (options) => navigator.credentials.create({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    } }),
    get: (options) => navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials),
    } }),
  };

  const written = (credential) => {
    const given = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      const part = credential.response[name];
      if (part) given[name] = text(part);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type,
      clientExtensionResults: {}, response: given,
    });
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const button = form.querySelector('button');
    const says = form.querySelector('[data-says]');
    if (!window.PublicKeyCredential) continue;
    button.disabled = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      says.textContent = '';
      button.disabled = true;
      try {
        const answer = await asked[form.dataset.passkey](JSON.parse(form.dataset.options));
        form.elements.credential.value = written(answer);
        form.submit();
      } catch {
        says.textContent = says.dataset.says;
        button.disabled = false;
      }
    });
  }
})();
