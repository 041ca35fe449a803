'use strict';
// A tap is felt once it is kept; what waits on this phone goes over when it can; both are said in words.
(() => {
  const isSignedIn = document.querySelector('nav.ways') !== null;
  const canKeep = window.isSecureContext && 'serviceWorker' in navigator;
  let words = null;
  let line = null;

  async function say(name, value) {
    words ||= await fetch('/offline/words').then((answer) => answer.json()).catch(() => null);
    if (!words) return;
    if (!line) {
      line = document.createElement('p');
      line.className = 'note outbox';
      line.setAttribute('role', 'status');
      document.getElementById('main').append(line);
    }
    line.textContent = words[name].replace('%s', value);
  }

  async function heard({ data }) {
    document.dispatchEvent(new CustomEvent('twofold:outbox', { detail: data }));
    if (document.body.classList.contains('offline')) return;
    if (data.lost && data.lost.length) await lost(data.lost);
    else if (data.refused && data.refused.length) await refused(data.refused);
    else if (data.tell) await say('tell');
    else if (data.waiting > 1) await say('waits_many', data.waiting);
    else if (data.waiting) await say('waits_one');
    else if (data.twice) await say('twice');
    else if (data.over) await say('gone_over');
  }

  async function lost(every) {
    await say('not_kept');
    if (line) document.getElementById('main').prepend(line);
    if (line) line.append(' ' + every.map((one) => one.words).join('; ') + ' ', offer(words.written_down, 'written down', every.map((one) => one.n)));
  }

  async function refused(every) {
    await say('refused');
    if (!line) return;
    for (const one of every) line.append(' ' + one.says + ' ', offer(words.let_go, 'let go', one.n));
  }

  function offer(says, ask, n) {
    const button = document.createElement('button');
    button.className = 'btn quiet';
    button.textContent = says;
    button.addEventListener('click', () => { tell(ask, n); location.reload(); });
    return button;
  }

  function tell(ask, n) {
    const worker = navigator.serviceWorker.controller;
    if (worker) worker.postMessage({ ask, n });
  }

  if (canKeep) {
    navigator.serviceWorker.addEventListener('message', heard);
    navigator.serviceWorker.register('/sw.js').catch(() => {});
    const begin = () => tell(isSignedIn ? 'hello' : 'state');
    if (navigator.serviceWorker.controller) begin();
    navigator.serviceWorker.addEventListener('controllerchange', begin);
    addEventListener('online', () => tell('hello'));
    document.addEventListener('visibilitychange', () => { if (!document.hidden) tell('flush'); });
  }

  // One tap: sent, kept, felt, and then the next page. Whatever goes wrong, the browser sends the form itself.
  document.addEventListener('submit', async (event) => {
    const { target: form, submitter } = event;
    if (!submitter || !submitter.hasAttribute('data-buzz') || form.method !== 'post') return;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = '1';
    const given = new FormData(form);
    if (submitter.name) given.append(submitter.name, submitter.value);
    try {
      const answer = await fetch(form.action, {
        method: 'POST', body: new URLSearchParams(given), headers: { 'x-twofold': 'tap' }, credentials: 'same-origin',
      });
      if (!answer.ok) throw new Error('the page will say why');
      if (navigator.vibrate && navigator.userActivation && navigator.userActivation.hasBeenActive) navigator.vibrate(30);
      go(answer.url || '/offline#kept');
    } catch {
      sendPlainly(form, submitter);
    }
  });

  function go(address) {
    const next = new URL(address, location.href);
    if (next.pathname === '/offline' && !next.hash && !next.search) next.hash = 'kept'; // an answer's address has lost it
    const isHere = next.pathname === location.pathname && next.search === location.search;
    location.assign(next);
    if (isHere && next.hash) location.reload();
  }

  function sendPlainly(form, submitter) {
    if (submitter.name) {
      const chosen = document.createElement('input');
      chosen.type = 'hidden';
      chosen.name = submitter.name;
      chosen.value = submitter.value;
      form.append(chosen);
    }
    form.submit();
  }

  // A page that "Back" brought again is a new page: its next tap is another one, and is kept, too.
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) {
      delete form.dataset.sent;
      const once = form.elements.namedItem('once');
      if (once && crypto.randomUUID) once.value = crypto.randomUUID();
    }
  });
})();
