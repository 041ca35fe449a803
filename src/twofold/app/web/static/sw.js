// Answers in place of the server while there is no connection. It keeps the shell of the app and
// the safety page, never a page of the diary: those are marked no-store, and none is put here.
const PATIENCE = 8000;
const FRESH = 600000;
let freshened = 0;

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.method === 'POST' && isTap(request)) event.respondWith(posted(request, address));
  else if (request.method !== 'GET') return;
  else if (request.mode === 'navigate') event.respondWith(visited(request, address));
  else if (FILES.includes(address.pathname)) event.respondWith(shell(request, address));
});
addEventListener('message', (event) => event.waitUntil(heard(event)));

async function install() {
  const kept = await caches.open(SHELL);
  await kept.addAll(FILES.map((path) => new Request(path, { cache: 'reload' })));
  await skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name)));
  await clients.claim();
}

const isTap = (request) => request.mode === 'navigate' || request.headers.get('x-twofold') === 'tap';

async function visited(request, address) {
  try {
    return await fetch(request);
  } catch {
    return fromShell(address.pathname === '/help' || address.pathname.startsWith('/help/') ? '/help/offline' : '/offline');
  }
}

async function shell(request, address) {
  try {
    return await fetch(request);
  } catch {
    return fromShell(address.pathname);
  }
}

const fromShell = async (path) => (await (await caches.open(SHELL)).match(path)) || Response.error();

// A form that was sent: to the diary where there is a connection, else into the outbox.
async function posted(request, address) {
  const isNavigation = request.mode === 'navigate';
  const sent = request.clone();
  if (address.pathname.startsWith('/offline/')) return keptHere(step(address.pathname, await sent.formData()));
  const kind = request.headers.get('content-type') || '';
  const made = kind.startsWith('application/x-www-form-urlencoded') ? step(address.pathname, await sent.formData()) : null;
  if (!made) return fetch(request).catch(() => Response.redirect('/offline?unsent', 303));
  try {
    const answer = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams(await request.formData()),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status >= 500) return keptHere(made);
    const led = new URL(answer.url).pathname;
    if (led === '/open' || led.startsWith('/open/')) return keptHere(made, '/open');
    if (answer.ok) await followed(made);
    return isNavigation && answer.redirected ? Response.redirect(answer.url, 303) : answer;
  } catch {
    return keptHere(made);
  }
}

async function keptHere(made, leads = '/offline#kept') {
  const isSafe = made ? await keep(made) : false;
  flush().then(tellAll, tellAll);
  if (!made) return Response.redirect('/offline?unsent', 303);
  return Response.redirect(isSafe ? leads : '/offline?lost', 303);
}

// What the diary took at once: the attack that goes on is known here by its id alone.
const followed = (made) => follow(made).catch(() => {});

async function heard(event) {
  const { ask, n } = event.data || {};
  if (ask === 'hello') await hello();
  if (ask === 'let go') await within('queue', 'readwrite', (store) => store.delete(n));
  if (ask === 'written down') lost = lost.filter((one) => !n.includes(one.n));
  const told = ask === 'state' ? {} : await flush().catch(() => ({}));
  const answer = { ...(await standing().catch(() => ({ waiting: 0, refused: [], running: null, lost }))), ...told };
  if (event.source) event.source.postMessage(answer);
}

async function hello() {
  try {
    const answer = await fetch('/sync', { headers: { 'content-type': 'application/json' }, credentials: 'same-origin', redirect: 'error' });
    if (answer.ok) await remember('key', await answer.json());
    if (Date.now() - freshened < FRESH) return;
    freshened = Date.now();
    const kept = await caches.open(SHELL);
    await Promise.all(['/offline', '/help/offline', '/offline/words'].map((path) => kept.add(new Request(path, { cache: 'reload' }))));
  } catch {
    // no connection, or not signed in: what is there stays
  }
}

async function tellAll(told = {}) {
  const now = await standing().catch(() => null);
  if (!now) return;
  for (const page of await clients.matchAll({ type: 'window' })) page.postMessage({ ...now, ...told });
}
