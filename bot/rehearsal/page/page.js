// Draws the news of a rehearsal and sends orders. Whatever people wrote only ever becomes text nodes.
const KEPT = 150, VOICE_EVERY_MS = 2500;
const $ = (id) => document.getElementById(id);
const make = (tag, kind, ...inside) => {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...inside);
  return made;
};
const button = (label, does, kind) => {
  const made = make('button', kind, label);
  made.type = 'button';
  made.addEventListener('click', does);
  return made;
};

let viewer = sessionStorage.getItem('viewer') || 'visitor';
let eyes = sessionStorage.getItem('eyes') || viewer;
let source, facts = {}, ahead = 0, room = 'discord:#announcements', catalogue;
let numbers = {}; // the newest line's number, by room
const now = () => Date.now() + ahead;

// Times

const two = (number) => String(number).padStart(2, '0');
const clock = (at, seconds) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: seconds ? '2-digit' : undefined, hour12: false });
const span = (ms) => { const s = Math.max(0, Math.round(ms / 1000)); return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)} h ${two(Math.floor(s / 60) % 60)}`; };
function relative(at) {
  const away = at - now(), s = Math.abs(Math.round(away / 1000));
  const words = s < 60 ? `${s} second${s === 1 ? '' : 's'}` : s < 3600 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
  return away >= 0 ? `in ${words}` : `${words} ago`;
}
function setTime(element) {
  const at = element.dataset.at * 1000;
  const text = element.dataset.style === 'R' ? relative(at) : clock(at, element.dataset.style === 'T');
  if (element.textContent !== text) element.textContent = text;
}
function coming() {
  for (const drop of facts.drops || []) {
    if (drop.paused) return `${drop.title} is paused`;
    if (drop.state === 'open' && drop.closes_at) return `${drop.title} closes in ${span(drop.closes_at - now())}`;
    if (drop.state === 'announced' || drop.state === 'planned') {
      return drop.on_cue || !drop.opens_at ? `${drop.title} waits for the cue` : `${drop.title} opens in ${span(drop.opens_at - now())}`;
    }
  }
  return '';
}
function tick() {
  $('clock').textContent = clock(now(), true);
  $('next').textContent = facts.phase === 'playing' ? coming() : '';
  document.querySelectorAll('time[data-at]').forEach(setTime);
}

// Lines and cards

const drawn = (spans) => spans.map((span) => {
  if (typeof span === 'string') return span;
  const [kind, text] = span;
  if (kind === 'time') {
    const made = make('time');
    [made.dataset.at, made.dataset.style] = text.split(':');
    setTime(made);
    return made;
  }
  return kind === 'at' ? make('bdi', 'at', text) : make(kind === 'b' ? 'strong' : 'code', '', text);
});
function drawCard(card) {
  const fields = make('dl', '', ...card.fields.map(([name, value]) => make('div', '', make('dt', '', ...drawn(name)), make('dd', '', ...drawn(value)))));
  return make('div', 'card', make('strong', '', ...drawn(card.title)), make('p', '', ...drawn(card.text)), ...(card.fields.length ? [fields] : []), ...(card.footer ? [make('small', '', card.footer)] : []));
}
function drawActs(line) {
  return make('div', 'acts', ...line.buttons.map(([label, deed, off]) => {
    const act = button(label, () => order({ do: 'press', who: eyes, message: line.message, button: deed }, 'slashing'), deed.split(':').includes('claim') ? 'claim' : '');
    act.disabled = off;
    act.dataset.deed = deed;
    return act;
  }));
}
function draw(line) {
  const kinds = ['line', `t${line.tone}`, line.rank, line.mine && 'mine', line.only && 'only', (line.card || line.buttons) && 'posted'];
  const item = make('li', kinds.filter(Boolean).join(' '));
  item.dataset.key = line.key;
  const ranks = { bot: 'BOT', moderator: 'MOD', streamer: 'HOST' };
  const name = make('bdi', 'name', line.name);
  name.title = line.name;
  item.append(make('time', '', clock(line.at)), name, ...(ranks[line.rank] ? [make('span', 'rank', ranks[line.rank])] : []));
  const notes = [line.only && 'Only you can see this.', line.note].filter(Boolean).join(' ');
  if (line.spans.length) item.append(' ', make('bdi', 'words', ...drawn(line.spans)));
  if (line.note === 'edited' && !line.only) item.append(make('span', 'note', '(edited)'));
  if (line.card) item.append(drawCard(line.card));
  if (line.buttons) item.append(drawActs(line));
  if (notes && (line.only || line.note !== 'edited')) item.append(make('span', 'note', notes));
  return item;
}
const logOf = (name) => document.querySelector(`.log[data-room="${CSS.escape(name)}"]`);
function put(list, line) {
  const before = list.querySelector(`[data-key="${CSS.escape(line.key)}"]`), item = draw(line);
  if (!before) return list.append(item);
  // A card that changes under somebody's finger keeps the focus on the same button.
  const deed = before.contains(document.activeElement) && document.activeElement.dataset.deed;
  before.replaceWith(item);
  const same = deed && item.querySelector(`[data-deed="${CSS.escape(deed)}"]:enabled`);
  if (same) same.focus(); else if (deed) list.parentElement.focus();
}
function drawLines(lines) {
  const touched = new Map();
  for (const line of lines) {
    const log = logOf(line.room);
    if (!log) continue;
    if (!touched.has(log)) touched.set(log, log.scrollHeight - log.scrollTop - log.clientHeight < 60);
    const list = log.querySelector('ol'), last = numbers[line.room] || 0;
    if (line.number > last) {
      if (line.number > last + 1) list.append(make('li', 'gap', `${line.number - last - 1} lines passed before these`));
      numbers[line.room] = line.number;
    }
    put(list, line);
    if (line.mine || line.only) speak(`${line.name}: ${log.querySelector(`[data-key="${CSS.escape(line.key)}"]`).querySelector('.words, .card').textContent}`);
    if (line.room.startsWith('discord:') && line.room !== room) tabOf(line.room).classList.add('unread');
  }
  for (const [log, atEnd] of touched) {
    const list = log.querySelector('ol');
    // Cards are few and have buttons: what goes first is talk.
    for (const old of [...list.querySelectorAll('li:not(.posted)')].slice(0, Math.max(0, list.children.length - KEPT))) old.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
    else if (log.offsetParent) log.parentElement.querySelector('.newer').hidden = false;
  }
}

// Discord's channels

const tabOf = (name) => document.querySelector(`[role=tab][data-room="${CSS.escape(name)}"]`);
function drawRooms(names) {
  for (const name of names) {
    if (tabOf(name)) continue;
    const title = name.replace('discord:', ''), id = `room-${$('rooms').childElementCount}`;
    const tab = button(title, () => enter(name));
    const panel = make('div', 'log', make('p', 'empty', `Nothing in ${title} yet.`), make('ol'));
    Object.assign(panel, { id, tabIndex: 0, hidden: true });
    for (const [key, value] of Object.entries({ role: 'log', 'aria-live': 'off', 'aria-label': title })) panel.setAttribute(key, value);
    tab.dataset.room = panel.dataset.room = name;
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-controls', id);
    $('channels').append(tab);
    $('rooms').insertBefore(panel, $('rooms').querySelector('.newer'));
  }
  if (!names.includes(room)) room = names[0];
  enter(room);
}
function enter(name) {
  room = name;
  for (const tab of document.querySelectorAll('[role=tab]')) {
    const chosen = tab.dataset.room === name, panel = logOf(tab.dataset.room);
    tab.setAttribute('aria-selected', chosen);
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) tab.classList.remove('unread');
    if (chosen && panel.hidden) requestAnimationFrame(() => { panel.scrollTop = panel.scrollHeight; });
    panel.hidden = !chosen;
  }
}

// The stage, the drops and the end

const PHASES = { waiting: 'Nothing is on yet', setting: 'Setting the stage…', playing: 'On stage', judging: 'The judge is looking…', over: 'The play is over', failed: 'The play broke off' };
const STATES = { planned: 'planned', announced: 'announced', open: 'open', closed: 'closed', settled: 'closed', cancelled: 'cancelled' };
function drawFacts(told) {
  if (told.phase !== facts.phase) speak(PHASES[told.phase]);
  facts = told;
  const busy = ['setting', 'playing', 'judging'].includes(told.phase), wish = told.wish;
  document.body.dataset.phase = told.phase;
  $('phase').textContent = PHASES[told.phase] + (wish ? `, seed ${wish.seed}` : '');
  $('live').textContent = told.live ? 'live' : 'offline';
  $('live').classList.toggle('on', told.live);
  $('toggle').textContent = told.live ? 'End the stream' : 'Go live';
  $('steering').hidden = told.phase !== 'playing';
  $('beginning').hidden = busy;
  $('beginning').querySelector('button').textContent = told.phase === 'waiting' ? 'Begin' : 'Begin again';
  if (told.trouble) sayIn('beginning', told.trouble, true);
  drawRooms(told.rooms);
  if (told.drops.length || wish) $('stocks').replaceChildren(...(told.drops.length ? told.drops.map(drawStock) : [make('p', 'empty', 'The ledger is empty.')]));
  $('mishaps').replaceChildren(...told.mishaps.slice(-5).reverse().map((each) => make('li', each.state || '', `${clock(each.at, true)} ${each.text}${each.state === 'ends' ? ': over' : ''}`)));
  drawEnding(told.ending);
  const drops = told.drops.map((drop) => drop.key), staff = ['open', 'pause', 'resume', 'extend', 'close', 'undo'];
  const offered = [...drops.map((key) => `/claim ${key}`), '/mine', '/drops', '/help', ...(isStaff() ? drops.flatMap((key) => staff.map((verb) => `/drop ${verb} ${key}`)) : [])];
  $('commands').replaceChildren(...offered.map((text) => { const option = make('option'); option.value = text; return option; }));
  tick();
}
function drawStock(drop) {
  const left = drop.supply - drop.taken, state = drop.paused ? 'paused' : !left && drop.state === 'open' ? 'sold out' : STATES[drop.state] || drop.state;
  const fill = make('i'), bar = make('div', 'bar', fill);
  fill.style.width = `${(100 * drop.taken) / Math.max(1, drop.supply)}%`;
  bar.setAttribute('role', 'img');
  bar.setAttribute('aria-label', `${drop.taken} of ${drop.supply} taken`);
  const newest = drop.newest.map(([number, name]) => make('li', '', make('b', '', `#${number} `), make('bdi', '', name)));
  const head = make('div', 'stock-head', make('b', '', drop.title), make('span', '', make('b', '', String(drop.taken)), ` of ${drop.supply}`));
  return make('article', '', head, bar, make('span', state === 'open' ? 'pill on' : 'pill', state), make('ol', 'newest', ...newest));
}
function drawEnding(ending) {
  $('ending').hidden = !ending;
  if (!ending) return;
  $('ending').classList.toggle('bad', !ending.kept);
  const broken = ending.promises.filter(([verdict]) => verdict === 'broken').map(([, sentence, detail]) => make('li', '', `${sentence} ${detail}`));
  const link = make('a', '', 'Open the report');
  Object.assign(link, { href: 'report', target: '_blank', rel: 'noopener' });
  $('ending').replaceChildren(make('p', 'verdict', ending.headline), ...(broken.length ? [make('ul', '', ...broken)] : []), ...(ending.report ? [link] : []));
}
function drawCatalogue() {
  $('script').replaceChildren(...catalogue.scripts.map((script) => { const option = make('option', '', script.title); option.value = script.name; return option; }));
  const wheres = { twitch: 'Twitch', discord: 'Discord', bot: 'The bot', disk: 'The disk', clock: 'The clock' };
  $('faults').replaceChildren(...Object.entries(wheres).map(([where, title]) => make('details', '', make('summary', '', title), ...catalogue.faults.filter((fault) => fault.where === where).map((fault) => {
    const made = button(fault.does[0].toUpperCase() + fault.does.slice(1), () => order({ do: 'fault', name: fault.name }, 'steering'));
    if (fault.seconds) made.append(make('span', '', `${fault.seconds} s`));
    made.dataset.fault = fault.name;
    return made;
  }))));
  $('faults').firstChild.open = true;
  $('seed').value = catalogue.seed;
  choose();
}
function choose() {
  const script = catalogue.scripts.find((each) => each.name === $('script').value);
  $('about').textContent = script.about;
  $('viewers').value = script.viewers;
  $('fans').value = script.discord_viewers;
}

// Orders

function sayIn(form, text, bad) {
  const said = $(form).querySelector('.said');
  said.textContent = text;
  said.classList.toggle('bad', Boolean(bad));
}
async function order(what, form) {
  let answer;
  try {
    const response = await fetch('orders', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) });
    answer = await response.json();
  } catch {
    answer = { refused: 'The rehearsal does not answer.' };
  }
  sayIn(form, answer.refused || answer.said, answer.refused);
  return !answer.refused;
}
function onSubmit(form, what) {
  $(form).addEventListener('submit', (event) => {
    event.preventDefault();
    what(event);
  });
}
const typing = (input, deed, form) => async () => {
  const text = input.value;
  if (text.trim() && (await order({ do: deed, who: eyes, text }, form)) && input.value === text) input.value = '';
};
onSubmit('saying', typing($('say'), 'say', 'saying'));
onSubmit('slashing', typing($('slash'), 'slash', 'slashing'));
onSubmit('beginning', () => order({ do: 'begin', script: $('script').value, seed: $('seed').valueAsNumber, viewers: $('viewers').valueAsNumber, discord_viewers: $('fans').valueAsNumber }, 'beginning'));
onSubmit('looking', () => look($('eyes').value));
$('script').addEventListener('change', choose);
$('toggle').addEventListener('click', () => order({ do: 'live', on: !facts.live }, 'steering'));
document.querySelector('[data-invite]').addEventListener('click', () => order({ do: 'invite', viewers: 20, discord_viewers: 5 }, 'steering'));

// Whose eyes

const isStaff = () => eyes === 'streamer' || eyes === 'mod_mia';
function look(login) {
  const wanted = login.trim().toLowerCase();
  if (!/^[a-z0-9_]{1,25}$/.test(wanted)) {
    $('eyes').value = eyes;
    return speak('A login has small letters, digits and _.');
  }
  eyes = wanted;
  if (!isStaff()) viewer = eyes;
  sessionStorage.setItem('eyes', eyes);
  sessionStorage.setItem('viewer', viewer);
  listen();
  return speak(`You are ${eyes}`);
}
$('eyes').addEventListener('change', () => look($('eyes').value));
$('eyes').addEventListener('focus', suggest);
$('eyes').addEventListener('input', suggest);
async function suggest() {
  const found = await fetch(`people?typed=${encodeURIComponent($('eyes').value === eyes ? '' : $('eyes').value)}`).then((answer) => answer.json(), () => []);
  $('people').replaceChildren(...found.map((login) => { const option = make('option'); option.value = login; return option; }));
}
for (const each of document.querySelectorAll('[data-eyes]')) each.addEventListener('click', () => look(each.dataset.eyes || viewer));

// News

function clear() {
  numbers = {};
  document.querySelectorAll('.log ol').forEach((list) => list.replaceChildren());
  document.querySelectorAll('.newer').forEach((each) => { each.hidden = true; });
}
function listen() {
  source?.close();
  clear();
  $('eyes').value = eyes;
  for (const each of document.querySelectorAll('[data-eyes]')) each.setAttribute('aria-pressed', (each.dataset.eyes || viewer) === eyes);
  $('say').placeholder = `Type in chat as ${eyes}`;
  $('slash').placeholder = `/command as ${eyes}`;
  $('channels').replaceChildren();
  $('rooms').querySelectorAll('.log').forEach((each) => each.remove());
  if (facts.rooms) drawRooms(facts.rooms.filter((name) => isStaff() || name !== 'discord:#moderators'));
  source = new EventSource(`news?eyes=${eyes}`);
  source.onopen = () => { $('lost').hidden = true; };
  source.onerror = () => {
    $('lost').textContent = 'The connection is lost; trying again…';
    $('lost').hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    ahead = news.now - Date.now();
    if ('play' in news) clear();
    if (news.facts) drawFacts(news.facts);
    drawLines(news.lines);
    const [people, asked, answered] = news.counts;
    $('counts').textContent = people ? `${people} people, ${asked} acts, ${answered} answers` : '';
  };
}

// A voice for screen readers: what concerns the reader, not the whole flood

let spoken = [];
const speak = (text) => { spoken.push(text); };
setInterval(() => {
  if (spoken.length) $('voice').textContent = spoken.slice(-2).join('. ');
  spoken = [];
}, VOICE_EVERY_MS);

// Keys, tabs and the rest

function show(tab) {
  document.body.dataset.tab = tab;
  for (const each of $('tabs').children) each.setAttribute('aria-current', each.dataset.tab === tab);
  document.querySelectorAll(`#${tab} .log`).forEach((log) => { log.scrollTop = log.scrollHeight; });
}
const go = (tab, element) => { show(tab); element?.focus(); };
const KEYS = {
  t: () => go('twitch', $('say')), d: () => go('discord', $('slash')), e: () => $('eyes').focus(),
  v: () => look(viewer), m: () => look('mod_mia'), s: () => look('streamer'),
  b: () => go('stage', $('beginning').hidden ? $('faults').querySelector('summary') : $('beginning').querySelector('button')),
  '?': () => $('keys').showModal(),
};
addEventListener('keydown', (event) => {
  const typed = event.target.closest('input:not([type=checkbox]), select, dialog');
  if (event.key === 'Escape' && typed && !$('keys').open) typed.blur();
  if (typed || event.ctrlKey || event.altKey || event.metaKey || !$('letters').checked || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
$('channels').addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], tabs = [...$('channels').children];
  if (!step) return;
  const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
  enter(next.dataset.room);
  next.focus();
});
for (const each of $('tabs').children) each.addEventListener('click', () => show(each.dataset.tab));
$('rooms').append(make('button', 'newer', 'Newest lines ↓'));
for (const each of document.querySelectorAll('.newer')) {
  each.type = 'button';
  each.hidden = true;
  each.addEventListener('click', () => {
    const log = [...each.parentElement.querySelectorAll('.log')].find((one) => !one.hidden);
    log.scrollTop = log.scrollHeight;
    log.focus();
  });
}
addEventListener('scroll', (event) => {
  const log = event.target;
  if (log.classList?.contains('log') && log.scrollHeight - log.scrollTop - log.clientHeight < 60) log.parentElement.querySelector('.newer').hidden = true;
}, true);
$('help').addEventListener('click', KEYS['?']);
$('understood').addEventListener('click', () => $('keys').close());

show('stage');
catalogue = await fetch('catalogue').then((answer) => answer.json());
drawCatalogue();
listen();
setInterval(tick, 1000);
