'use strict';
// An answer leads to its part of the page at once, also without a network; that it was given is kept when it can be.
for (const form of document.querySelectorAll('form[data-part]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const sent = new URLSearchParams({ answer: event.submitter ? event.submitter.value : form.querySelector('button').value });
    fetch('/help', { method: 'POST', body: sent, redirect: 'manual', keepalive: true }).catch(() => {});
    const part = document.getElementById(form.dataset.part);
    location.hash = form.dataset.part;
    part.scrollIntoView();
    part.focus({ preventScroll: true });
  });
}
