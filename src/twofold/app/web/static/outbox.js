// The outbox: what is written without a connection, sealed to the diary's key at once.
// This browser cannot read its own outbox; it knows only how many entries wait in it.
const DATABASE = 'twofold';
const AT_ONCE = 100;
const LENGTH = 1024;
let lost = []; // what could not be kept: shown, to be written down, until a person says that it was
const said = new Map(); // what this worker has sealed, by its id; gone when it ends, and never on the disk

function database() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(DATABASE, 2);
    asked.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion === 1) asked.transaction.objectStore('queue').deleteIndex('id');
      if (oldVersion) return;
      asked.result.createObjectStore('queue', { keyPath: 'n', autoIncrement: true });
      asked.result.createObjectStore('state');
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function within(store, mode, work) {
  const open = await database();
  try {
    return await new Promise((done, failed) => {
      const turn = open.transaction(store, mode, { durability: 'strict' });
      const asked = work(turn.objectStore(store));
      turn.oncomplete = () => done(asked && asked.result);
      turn.onabort = turn.onerror = () => failed(turn.error);
    });
  } finally {
    open.close();
  }
}

const waiting = () => within('queue', 'readonly', (store) => store.getAll());
const state = (name) => within('state', 'readonly', (store) => store.get(name));
const remember = (name, value) => within('state', 'readwrite', (store) => store.put(value, name));
const to64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const from64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);

async function seal(id, plain, key) {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const theirs = await crypto.subtle.importKey('raw', from64(key), curve, false, []);
  const own = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, own.privateKey, 256);
  const derived = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8('twofold outbox 1') };
  const under = await crypto.subtle.deriveKey(how, derived, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const ct = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(id) }, under, utf8(plain));
  return { epk: to64(await crypto.subtle.exportKey('raw', own.publicKey)), iv: to64(iv), ct: to64(ct) };
}

// Now, as this device's own clock and place say it.
function clock() {
  let moment = new Date();
  if (!(moment.getFullYear() >= 1900 && moment.getFullYear() <= 2199)) moment = new Date(0);
  const offset = Math.max(-840, Math.min(840, -moment.getTimezoneOffset()));
  const local = new Date(moment.getTime() + offset * 60000).toISOString().slice(0, 19);
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
  return {
    at: local + (offset < 0 ? '-' : '+') + hours + ':' + minutes,
    when: { day: local.slice(0, 10), time: local.slice(11), offset_minutes: offset },
  };
}

// Keeps one thing that was done; says whether it is safe on this device.
async function keep(made) {
  const now = clock();
  try {
    const sealing = await state('key');
    if (!sealing) throw new Error('this browser has not opened the diary yet');
    const told = JSON.stringify({
      id: made.id, for: sealing.for, kind: made.kind, entry: made.entry, body: made.body,
      base: made.base || null, at: now.at, zone: Intl.DateTimeFormat().resolvedOptions().timeZone || '',
    });
    const plain = told.padEnd(Math.ceil(told.length / LENGTH) * LENGTH); // how long it is says nothing
    const sealed = await seal(made.id, plain, sealing.key);
    if (said.get(made.id) !== saying(made)) await within('queue', 'readwrite', (store) => store.add({ id: made.id, key: sealing.key_id, ...sealed }));
    said.set(made.id, saying(made));
    await follow(made);
    return true;
  } catch {
    lost.push({ n: made.id, words: now.at.slice(0, 16).replace('T', ' ') + ' ' + made.words });
    return false;
  }
}

// What a tap says, but for its moment: the same form sent twice waits once. With other answers, or where this
// browser cannot tell any more, both wait, and the diary knows which of them it has.
function saying({ kind, entry, body, base }) {
  const { when, onset, ...rest } = kind === 'over' ? {} : body || {};
  return JSON.stringify([kind, entry, rest, base || null, body === null]);
}

// Parts of the queue in its order, each with an id only once, so that an answer is about one entry.
function parts(all) {
  const every = [];
  for (const one of all) {
    const last = every[every.length - 1];
    if (last && last.length < AT_ONCE && !last.some(({ id }) => id === one.id)) last.push(one);
    else every.push([one]);
  }
  return every;
}

// Which attack is going on, as ids that say nothing, so that the next tap is about the same one.
async function follow(made) {
  if (made.kind === 'attack') await remember('running', { entry: made.entry, head: made.id });
  const running = await state('running');
  if (!running || running.entry !== made.entry) return;
  if (made.kind === 'pain') await remember('running', { entry: made.entry, head: made.id });
  if (made.kind === 'over') await remember('running', null);
  if (made.kind === 'undo') await remember('running', running.head === running.entry ? null : { entry: running.entry, head: '' });
}

let going = null;
const flush = () => (going ||= over().finally(() => { going = null; }));

// Takes over what waits. Only what the diary has answered for leaves this device.
async function over() {
  const all = await waiting();
  const told = { over: 0, twice: 0, tell: false };
  for (const some of parts(all)) {
    const answer = await fetch('/sync', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ clock: clock().at, entries: some.map(({ id, key, epk, iv, ct }) => ({ id, key, epk, iv, ct })) }),
      redirect: 'error',
      credentials: 'same-origin',
    });
    const said = await answer.json();
    if (!answer.ok && !said.done) throw new Error('not taken');
    const done = new Map((said.done || []).map((one) => [one.id, one.outcome]));
    const refused = new Map((said.not_read || []).map((one) => [one.id, one.says]));
    await within('queue', 'readwrite', (store) => {
      for (const one of some) {
        if (done.has(one.id)) store.delete(one.n);
        else if (refused.has(one.id)) store.put({ ...one, says: refused.get(one.id) });
      }
    });
    told.over += done.size;
    told.tell ||= Boolean(said.tell);
    told.twice += [...done.values()].filter((outcome) => outcome === 'conflict').length;
    if (!answer.ok) break;
  }
  return told;
}

async function standing() {
  const all = await waiting();
  return {
    waiting: all.filter((one) => !one.says).length,
    refused: all.filter((one) => one.says).map((one) => ({ n: one.n, says: one.says })),
    running: await state('running'),
    lost,
  };
}

// What a form of a page says, as something to keep; null where it cannot wait.
function step(path, form) {
  const once = form.get('once');
  const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(once || '') ? once : crypto.randomUUID();
  const { when } = clock();
  const about = /^\/attack\/([0-9a-f-]{36})\/(strength|over|undo)$/.exec(path);
  if (path === '/attack') return { id, kind: 'attack', entry: id, body: { onset: when, is_running: true }, words: 'Headache began' };
  if (path === '/free-day') return { id, kind: 'free_day', entry: null, body: { day: when.day }, words: 'No headache' };
  if (path === '/offline/mood') return { id, kind: 'mood_note', entry: null, body: { when, item: 'mood', level: Number(form.get('mood')), span: { low: 0, high: 10 }, better: 'high' }, words: 'Mood ' + form.get('mood') };
  if (path === '/offline/dose' || /^\/attack\/[0-9a-f-]{36}\/dose$/.test(path)) return dose(id, when, form);
  if (path === '/scales/phq9') return { id, kind: 'scale_answer', entry: id, body: { when, scale: 'phq9', items: items(form) }, words: 'Questionnaire' };
  if (!about) return null;
  const [, entry, what] = about;
  if (what === 'strength') return { id, kind: 'pain', entry, body: { when, pain: Number(form.get('pain')) }, words: 'Pain ' + form.get('pain') };
  if (what === 'over') return { id, kind: 'over', entry, body: when, words: 'It is over' };
  return form.get('head') ? { id, kind: 'undo', entry, body: null, base: form.get('head'), words: 'Undo' } : null;
}

// The answers of a questionnaire; an open one stays open.
function items(form) {
  const told = {};
  for (const [name, value] of form.entries()) {
    if (name.startsWith('item-')) told[name.slice(5)] = value === '' ? null : Number(value);
  }
  return told;
}

function dose(id, when, form) {
  const name = (form.get('other') || form.get('name') || '').trim().slice(0, 120);
  if (!name) return null;
  const body = { when, name, purpose: form.get('purpose') === 'other' ? null : 'acute' };
  if (form.get('value') && form.get('unit')) body.amount = { value: Number(form.get('value')), unit: form.get('unit') };
  if (form.get('count')) body.count = Number(form.get('count'));
  return { id, kind: 'dose', entry: id, body, words: name };
}
