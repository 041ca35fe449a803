'use strict';
// Shows a note at the times that the person chose, while a page is open. Nothing is sent or stored.
(() => {
  const MINUTE = 60000;
  let asked = '', notes = [], last = null, reading = Promise.resolve();

  const ask = document.querySelector('[data-ask-notes]');
  if (ask && 'Notification' in window) {
    ask.hidden = Notification.permission === 'granted';
    ask.addEventListener('click', async () => {
      ask.hidden = await Notification.requestPermission() === 'granted';
    });
  }

  async function read() {
    const answer = await fetch('/reminders/notes.json', { headers: { accept: 'application/json' } });
    if (!answer.ok || answer.redirected) { notes = []; return; }
    ({ notes } = await answer.json());
  }

  // A service worker shows the note where there is one: phones take no other.
  async function show(note) {
    const held = 'serviceWorker' in navigator
      ? await navigator.serviceWorker.getRegistration() : undefined;
    const how = { tag: note.id, body: '' };
    if (held && held.active) await held.showNotification(note.words, how);
    else new Notification(note.words, how);
  }

  function clock(moment) {
    return moment.toTimeString().slice(0, 5);
  }

  async function look() {
    const now = new Date(), before = last || now;
    last = now;
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    const isNewDay = before.toDateString() !== now.toDateString();
    if (asked !== now.toDateString()) {
      asked = now.toDateString();
      reading = read().catch(() => { notes = []; asked = ''; }); // asked again at the next look
    }
    await reading;
    const since = isNewDay ? '' : clock(before);
    const due = notes.filter((one) => since < one.at && one.at <= clock(now));
    for (const one of due) await show(one).catch(() => {});
  }

  look();
  setInterval(look, MINUTE / 3);
})();
