'use strict';
// Item 9: the answer is kept first, and the safety page opens at once. Without a network it stands on this very page.
(() => {
  const answers = document.getElementById('answers');
  const help = document.getElementById(answers.dataset.help);
  const PATIENCE = 700;

  // Kept by the diary, or sealed in this browser's outbox; never waited for.
  function keep() {
    return fetch(answers.action, {
      method: 'POST',
      headers: { 'x-twofold': 'tap' },
      body: new URLSearchParams(new FormData(answers)),
      redirect: 'manual',
      keepalive: true,
    });
  }

  async function opens() {
    const late = new Promise((done) => setTimeout(done, PATIENCE));
    const kept = await Promise.race([keep().catch(() => null), late]);
    const isKept = kept && (kept.type === 'opaqueredirect' || kept.redirected);
    if (isKept && navigator.onLine) location.assign('/help');
    else shows();
  }

  function shows() {
    document.getElementById('questions').hidden = true;
    help.hidden = false;
    help.focus();
    window.scrollTo(0, 0);
  }

  answers.addEventListener('change', (event) => {
    if (event.target.hasAttribute('data-help-now')) opens();
  });
})();
