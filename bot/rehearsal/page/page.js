// Draws the news of a rehearsal and sends orders. What people wrote only ever becomes text nodes.
const KEPT = 160, VOICE_EVERY_MS = 2500, NEAR_END = 60;
const STAFF = ['mod_mia', 'streamer'];
const $ = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, kind, ...inside) => {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...inside.filter(Boolean));
  return made;
};
const button = (label, does, kind) => {
  const made = make('button', kind, label);
  made.type = 'button';
  made.onclick = does;
  return made;
};
const offer = (list, values) => $(list).replaceChildren(...values.map((value) => Object.assign(make('option'), { value })));

let viewer = sessionStorage.getItem('viewer') || 'visitor';
let eyes = sessionStorage.getItem('eyes') || viewer;
let source, facts = {}, ahead = 0, room = 'discord:#announcements';
let numbers = {}; // the newest line's number, by room
let items = {}; // what is drawn, by key
let spoken = [];
const speak = (text) => spoken.push(text);

// Times

const now = () => Date.now() + ahead;
const clock = (at, second) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second, hour12: false });
function relative(at) {
  const away = at - now(), s = Math.abs(Math.round(away / 1000));
  const words = s < 60 ? `${s} s` : s < 3600 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
  return away >= 0 ? `in ${words}` : `${words} ago`;
}
function setTime(element) {
  const { at, style } = element.dataset;
  const text = style === 'R' ? relative(at * 1000) : clock(at * 1000);
  if (element.textContent !== text) element.textContent = text;
}
function tick() {
  $('clock').textContent = clock(now(), '2-digit');
  const { next, due } = facts;
  $('next').textContent = due ? `${next} ${due > now() ? relative(due) : 'now'}` : next;
  all('time[data-at]').forEach(setTime);
}

// Lines and cards

const drawn = (spans) => spans.map((span) => {
  if (typeof span === 'string') return span;
  const [kind, text] = span;
  if (kind === 'at' || kind === 'me') return make('bdi', `at ${kind}`, text);
  if (kind !== 'time') return make(kind === 'b' ? 'strong' : 'code', '', text);
  const made = make('time');
  [made.dataset.at, made.dataset.style] = text.split(':');
  setTime(made);
  return made;
});
function drawCard({ title, text, fields, footer }) {
  const pairs = fields.map(([name, value]) => make('div', '', make('dt', '', ...drawn(name)), make('dd', '', ...drawn(value))));
  return make('div', 'card', make('strong', '', ...drawn(title)), make('p', '', ...drawn(text)), pairs.length && make('dl', '', ...pairs), footer && make('small', '', footer));
}
function drawActs({ buttons, message }) {
  return make('div', 'acts', ...buttons.map(([label, deed, off]) => {
    const act = button(label, () => order({ do: 'press', who: eyes, message, button: deed }, 'slashing'), deed.split(':').includes('claim') && 'claim');
    act.disabled = off;
    act.dataset.deed = deed;
    return act;
  }));
}
function draw(line) {
  const name = make('bdi', 'name', line.name);
  name.title = line.name;
  const note = line.note && make('span', 'note', line.note), last = line.kinds.includes('only');
  const item = make('li', `line ${line.kinds.join(' ')}`, make('time', '', clock(line.at)), name, line.badge && make('span', 'rank', line.badge), ' ',
    line.spans && make('bdi', 'words', ...drawn(line.spans)), !last && note, line.card && drawCard(line.card), line.buttons && drawActs(line), last && note);
  item.dataset.key = line.key;
  return item;
}
const tabOf = (name) => all('[role=tab]').find((tab) => tab.dataset.room === name);
const isAtEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
const toEnd = (log) => { log.scrollTop = log.scrollHeight; };
function put(list, line) {
  const before = items[line.key], item = items[line.key] = draw(line);
  if (!before?.isConnected) return list.append(item);
  // A card that changes under somebody's finger keeps the focus on the same button.
  const deed = before.contains(document.activeElement) && document.activeElement.dataset.deed;
  before.replaceWith(item);
  if (deed) (all('button:enabled', item).find((act) => act.dataset.deed === deed) || list.parentElement).focus();
}
function drawLines(lines) {
  const touched = new Map();
  for (const line of lines) {
    const log = $(line.room);
    if (!log) continue;
    if (!touched.has(log)) touched.set(log, isAtEnd(log));
    const list = log.querySelector('ol'), last = numbers[line.room] || 0;
    if (line.number > last) {
      if (line.number > last + 1) list.append(make('li', 'gap', `${line.number - last - 1} lines passed before these`));
      numbers[line.room] = line.number;
    }
    put(list, line);
    if (line.form) fillIn(line.form);
    if (line.loud) speak(`${line.name}: ${line.loud}`);
    if (tabOf(line.room) && line.room !== room) tabOf(line.room).classList.add('unread');
  }
  for (const [log, wasAtEnd] of touched) {
    // Cards are few and have buttons: what goes first is talk.
    const list = log.querySelector('ol');
    all('li:not(.posted)', list).slice(0, Math.max(0, list.children.length - KEPT)).forEach((old) => {
      delete items[old.dataset.key];
      old.remove();
    });
    if (wasAtEnd) toEnd(log);
    else if (!log.hidden) log.parentElement.querySelector('.newer').hidden = false;
  }
}

// Forms

let filled; // the act that opened the form
function fillIn({ id, title, fields }) {
  filled = id;
  $('form-title').textContent = title;
  $('fields').replaceChildren(...fields.map(([label, kind, value, options, attributes]) => {
    const field = make(kind, '', ...options.map((each) => make('option', '', each)));
    for (const each in attributes) field.setAttribute(each, attributes[each]);
    field.value = value;
    return make('label', '', label, field);
  }));
  sayIn('filling', '');
  $('form').showModal();
}

// Discord's channels

function drawRooms(names) {
  all('[role=tab]').filter((tab) => !names.includes(tab.dataset.room)).forEach((tab) => { $(tab.dataset.room).remove(); tab.remove(); });
  for (const name of names.filter((each) => !tabOf(each))) {
    const title = name.replace('discord:', ''), tab = button(title, () => enter(name));
    const panel = make('div', 'log', make('p', 'empty', `Nothing in ${title} yet.`), make('ol'));
    Object.assign(panel, { id: name, tabIndex: 0, hidden: true, role: 'log', ariaLive: 'off', ariaLabel: title });
    tab.role = 'tab';
    tab.setAttribute('aria-controls', name);
    tab.dataset.room = name;
    $('channels').append(tab);
    $('rooms').prepend(panel);
  }
  if (!names.includes(room) || $(room).hidden) enter(names.includes(room) ? room : names[0]);
}
function enter(name) {
  room = name;
  for (const tab of all('[role=tab]')) {
    const chosen = tab.dataset.room === name, panel = $(tab.dataset.room), entered = chosen && panel.hidden;
    tab.ariaSelected = chosen;
    tab.tabIndex = chosen ? 0 : -1;
    panel.hidden = !chosen;
    if (chosen) tab.classList.remove('unread');
    if (entered) toEnd(panel);
  }
}

// The stage, the drops and the end

function drawFacts(told) {
  if (told.phase !== facts.phase) speak(told.sentence);
  facts = told;
  $('phase').textContent = told.sentence;
  $('live').textContent = told.live ? 'live' : 'offline';
  $('live').classList.toggle('on', told.live);
  $('toggle').textContent = told.live ? 'End the stream' : 'Go live';
  $('steering').hidden = told.phase !== 'playing';
  $('beginning').hidden = told.busy;
  $('begin').textContent = told.begin;
  if (told.trouble) sayIn('beginning', told.trouble, true);
  $('stocks').replaceChildren(...(told.standing.length ? told.standing.map(drawStanding) : [make('p', 'empty', 'The ledger is empty.')]));
  $('mishaps').replaceChildren(...told.mishaps.map(({ at, state, text, word }) => make('li', state, `${clock(at, '2-digit')} ${text} `, make('b', '', word))));
  drawEnding(told.ending);
  offer('commands', told.commands);
  tick();
}
function drawStanding({ title, word, sum, of, note, bars, newest }) {
  const rows = bars.map(([name, count, percent, says, kind]) => {
    const fill = make('i'), bar = make('div', 'bar', fill);
    fill.style.width = `${percent}%`;
    Object.assign(bar, { role: 'img', ariaLabel: says });
    return make('li', kind, make('bdi', '', name), make('b', '', count), bar);
  });
  return make('article', '', make('div', 'stock-head', make('b', '', title), make('span', word === 'open' ? 'pill on' : 'pill', word), make('span', 'sum', make('b', '', sum), of)), note && make('p', 'hint', note),
    make('ol', 'bars', ...rows), make('ol', 'newest', ...newest.map(([number, name]) => make('li', '', make('b', '', `#${number} `), make('bdi', '', name)))));
}
function drawEnding(ending) {
  $('ending').hidden = !ending;
  if (!ending) return;
  $('ending').classList.toggle('bad', !ending.kept);
  $('verdict').textContent = ending.headline;
  $('report').hidden = !ending.report;
  $('broken').replaceChildren(...ending.broken.map((sentence) => make('li', '', sentence)));
}
function choose() {
  const { about, viewers, fans, window } = $('script').selectedOptions[0].dataset;
  $('about').textContent = about;
  $('viewers').value = viewers;
  $('fans').value = fans;
  $('window').value = window;
}

// Orders

function sayIn(form, text, bad) {
  const said = $(form).querySelector('.said');
  said.textContent = text;
  said.classList.toggle('bad', Boolean(bad));
}
async function order(what, form) {
  let answer = { refused: 'The rehearsal does not answer.' };
  try {
    const headers = { 'Content-Type': 'application/json' };
    answer = await (await fetch('orders', { method: 'POST', headers, body: JSON.stringify(what) })).json();
  } catch { /* the sentence above says it */ }
  sayIn(form, answer.refused || answer.said, answer.refused);
  return !answer.refused;
}
function onSubmit(form, what) {
  $(form).onsubmit = (event) => {
    event.preventDefault();
    what();
  };
}
async function type(input, deed, form) {
  const text = input.value;
  if (text.trim() && (await order({ do: deed, who: eyes, text }, form)) && input.value === text) input.value = '';
}
const number = (id) => $(id).valueAsNumber;
onSubmit('saying', () => type($('say'), 'say', 'saying'));
onSubmit('slashing', () => {
  enter('discord:#lounge'); // where commands are used, and answered
  type($('slash'), 'slash', 'slashing');
});
onSubmit('filling', async () => {
  const values = Object.fromEntries(new FormData($('filling')));
  if (await order({ do: 'submit', who: eyes, form: filled, values }, 'filling')) $('form').close();
});
onSubmit('beginning', () => order({ do: 'begin', script: $('script').value, seed: number('seed'), viewers: number('viewers'), discord_viewers: number('fans'), window: number('window') }, 'beginning'));
onSubmit('looking', () => look($('eyes').value));
$('script').onchange = choose;
$('toggle').onclick = () => order({ do: 'live', on: !facts.live }, 'steering');
$('invite').onclick = () => order({ do: 'invite', viewers: 20, discord_viewers: 5 }, 'steering');
for (const each of all('[data-fault]')) each.onclick = () => order({ do: 'fault', name: each.dataset.fault }, 'steering');

// Whose eyes

function look(login) {
  const wanted = login.trim().toLowerCase();
  $('eyes').value = eyes;
  if (!/^[a-z0-9_]{1,25}$/.test(wanted)) return speak('A login has small letters, digits and _.');
  if (wanted === eyes) return 0;
  eyes = wanted;
  if (!STAFF.includes(eyes)) viewer = eyes;
  sessionStorage.setItem('eyes', eyes);
  sessionStorage.setItem('viewer', viewer);
  speak(`You are ${eyes}`);
  return listen();
}
async function suggest({ target }) {
  const typed = target.value === eyes ? '' : target.value;
  offer('people', await fetch(`people?typed=${encodeURIComponent(typed)}`).then((answer) => answer.json()).catch(() => []));
}
$('eyes').onchange = () => look($('eyes').value);
$('eyes').oninput = $('filling').oninput = suggest;
$('eyes').onfocus = (event) => { $('eyes').select(); suggest(event); };
for (const each of all('[data-eyes]')) each.onclick = () => look(each.dataset.eyes || viewer);

// News

function clear() {
  numbers = {};
  items = {};
  all('.log ol').forEach((list) => list.replaceChildren());
  all('.newer').forEach((each) => { each.hidden = true; });
}
function listen() {
  source?.close();
  clear();
  $('eyes').value = eyes;
  for (const each of all('[data-eyes]')) each.ariaPressed = (each.dataset.eyes || viewer) === eyes;
  $('say').placeholder = `Type in chat as ${eyes}`;
  $('slash').placeholder = `/command as ${eyes}`;
  source = new EventSource(`news?eyes=${eyes}`);
  source.onopen = () => { $('lost').hidden = true; };
  source.onerror = () => {
    $('lost').hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
  source.onmessage = ({ data }) => {
    const news = JSON.parse(data), [people, asked, answered] = news.counts;
    ahead = news.now - Date.now();
    if ('play' in news) clear();
    drawRooms(news.rooms);
    if (news.facts) drawFacts(news.facts);
    drawLines(news.lines);
    $('counts').textContent = people ? `${people} people, ${asked} acts, ${answered} answers` : '';
  };
}

// Keys, tabs and the rest

function show(tab) {
  document.body.dataset.tab = tab;
  for (const each of $('tabs').children) each.ariaCurrent = each.dataset.tab === tab;
  all(`#${tab} .log`).forEach(toEnd);
}
const go = (tab, element) => { show(tab); element.focus(); };
const KEYS = {
  t: () => go('twitch', $('say')), d: () => go('discord', $('slash')), e: () => $('eyes').focus(),
  v: () => look(viewer), m: () => look('mod_mia'), s: () => look('streamer'),
  b: () => go('stage', $('beginning').hidden ? $('invite') : $('begin')),
  '?': () => $('keys').showModal(),
};
addEventListener('keydown', (event) => {
  const typing = event.target.closest('input:not([type=checkbox]), select, dialog');
  if (event.key === 'Escape' && typing) typing.blur();
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !$('letters').checked || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
$('channels').onkeydown = (event) => {
  const tabs = [...$('channels').children], step = { ArrowRight: 1, ArrowLeft: tabs.length - 1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.indexOf(event.target) + step) % tabs.length];
  enter(next.dataset.room);
  next.focus();
};
for (const each of $('tabs').children) each.onclick = () => show(each.dataset.tab);
for (const each of all('.newer')) {
  each.onclick = () => {
    const log = all('.log', each.parentElement).find((one) => !one.hidden);
    toEnd(log);
    log.focus();
  };
}
addEventListener('scroll', ({ target }) => {
  if (target.matches?.('.log') && isAtEnd(target)) target.parentElement.querySelector('.newer').hidden = true;
}, true);
$('help').onclick = KEYS['?'];
// A voice for screen readers: what concerns the reader, not the whole flood.
setInterval(() => {
  if (spoken.length) $('voice').textContent = spoken.splice(0).slice(-2).join('. ');
}, VOICE_EVERY_MS);
setInterval(tick, 1000);
show('stage');
choose();
listen();
