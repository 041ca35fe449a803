'use strict';
// The page without a connection: the next tap is about the attack that goes on, known by an id that says nothing.
(() => {
  const told = document.getElementById('told');
  const running = document.getElementById('running');
  const begin = document.getElementById('begin');
  const theme = /(?:^|; )theme=(\w+)/.exec(document.cookie);
  if (theme && theme[1] !== 'device') document.documentElement.dataset.theme = theme[1];
  const words = fetch('/offline/words').then((answer) => answer.json()).catch(() => null);

  function freshen() {
    for (const form of document.forms) {
      delete form.dataset.sent;
      let field = form.elements.namedItem('once');
      if (!field) {
        field = document.createElement('input');
        field.type = 'hidden';
        field.name = 'once';
        form.append(field);
      }
      field.value = crypto.randomUUID ? crypto.randomUUID() : '';
    }
  }

  function aboutAttack(one) {
    running.hidden = !one;
    begin.hidden = Boolean(one);
    if (!one) return;
    for (const form of running.querySelectorAll('form')) form.action = '/attack/' + one.entry + '/' + form.dataset.step;
    const undo = running.querySelector('[data-step=undo]');
    undo.hidden = !one.head;
    let head = undo.elements.namedItem('head');
    if (!head) {
      head = document.createElement('input');
      head.type = 'hidden';
      head.name = 'head';
      undo.append(head);
    }
    head.value = one.head;
  }

  function writtenDown(words, n) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn quiet';
    button.textContent = words;
    button.addEventListener('click', () => {
      const worker = navigator.serviceWorker.controller;
      if (worker) worker.postMessage({ ask: 'written down', n });
      location.replace('/offline');
    });
    return button;
  }

  async function say(now) {
    const said = await words;
    if (!said) return;
    const lines = [];
    const lost = now.lost || [];
    if (location.search === '?unsent') lines.push(said.not_sent);
    if (lost.length) lines.push(said.not_kept + ' ' + lost.map((one) => one.words).join('; '));
    else if (location.search === '?lost') lines.push(said.last_not_kept);
    else if (location.hash === '#kept' && now.waiting) lines.push(said.no_connection);
    if (now.waiting === 1) lines.push(said.waits_one);
    if (now.waiting > 1) lines.push(said.waits_many.replace('%s', now.waiting));
    for (const one of now.refused || []) lines.push(said.refused + ' ' + one.says);
    if (now.tell) lines.push(said.tell);
    if (lines.length) told.textContent = lines.join(' ');
    if (lost.length) told.append(' ', writtenDown(said.written_down, lost.map((one) => one.n)));
  }

  document.addEventListener('twofold:outbox', ({ detail }) => {
    aboutAttack(detail.running);
    say(detail);
  });
  addEventListener('pageshow', freshen);
  freshen();
  if (!window.isSecureContext || !('serviceWorker' in navigator)) {
    words.then((said) => { if (said) told.textContent = window.isSecureContext ? said.no_worker : said.no_https; });
  }
})();
