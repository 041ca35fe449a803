'use strict';
// Runs before every other script: the only policy by which text may become part of a page.
// It passes what our own routes have just answered to htmx, letter by letter, and nothing else:
// not text from a field, an address or a library, and never a script.
(() => {
  const MOST = 60;
  const answered = [];
  const remember = (answer) => {
    const bare = answer.replace(/<head(\s[^>]*)?>[\s\S]*?<\/head>/i, '');
    answered.push(answer, bare, // the three forms in which htmx reads an answer
      '<body><template class="internal-htmx-wrapper">' + bare + '</template></body>');
    answered.splice(0, answered.length - MOST);
  };
  const listen = (event) => {
    const xhr = event.detail && event.detail.xhr;
    if (!(xhr instanceof XMLHttpRequest) || typeof xhr.response !== 'string') return;
    const isOurs = new URL(xhr.responseURL, location.href).origin === location.origin;
    const kind = xhr.getResponseHeader('content-type') || '';
    if (isOurs && kind.startsWith('text/html')) remember(xhr.response);
  };
  document.addEventListener('htmx:beforeOnLoad', listen, true);
  document.addEventListener('htmx:historyCacheMissLoad', listen, true);

  if (window.trustedTypes) {
    trustedTypes.createPolicy('default', {
      createHTML: (text) => {
        if (answered.includes(text)) return text;
        throw new TypeError('this text did not come from a page of ours');
      },
      createScript: () => { throw new TypeError('no script is made from text'); },
      createScriptURL: (address) => {
        if (new URL(address, location.href).href === location.origin + '/sw.js') return address;
        throw new TypeError('no script comes from ' + address);
      },
    });
  }
  document.cookie = 'zone=' + Intl.DateTimeFormat().resolvedOptions().timeZone
    + '; path=/; max-age=31536000; samesite=lax' + (location.protocol === 'https:' ? '; secure' : '');
})();
// Light and size as they are chosen now, also on a page that was kept for when there is no network.
for (const name of ['theme', 'size']) {
  const chosen = new RegExp('(?:^|; )' + name + '=(\\w*)').exec(document.cookie);
  if (chosen && chosen[1]) document.documentElement.dataset[name] = chosen[1];
  else delete document.documentElement.dataset[name];
}
