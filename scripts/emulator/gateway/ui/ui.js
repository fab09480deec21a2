/* global document, fetch, confirm, location, setInterval, FormData */

const REFRESH_MS = 2_000;
const byId = (id) => document.getElementById(id);

/** Throws what the gateway says when it refuses. */
async function system(method, path, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${location.origin}/system/${path}`, { method, ...sent });
  if (!answer.ok) throw new Error((await answer.text()) || `the gateway answers ${answer.status}`);
  return answer;
}

function cell(tag, text, className = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

function removeButton(name) {
  const holder = document.createElement('td');
  const button = cell('button', 'Remove');
  button.ariaLabel = `Remove ${name}`;
  button.addEventListener('click', () => {
    if (!confirm(`Remove ${name}?`)) return;
    void attempt(() => system('DELETE', 'functions', { functionName: name }));
  });
  holder.append(button);
  return holder;
}

function rowOf({ name, image, replicas = 0, availableReplicas = replicas, invocationCount = 0 }) {
  const row = document.createElement('tr');
  const head = cell('th', name);
  head.scope = 'row';
  const count = `${availableReplicas} of ${replicas}`;
  const isReady = availableReplicas > 0;
  row.append(
    head,
    cell('td', image),
    cell('td', count, isReady ? 'number' : 'number waiting'),
    cell('td', String(invocationCount), 'number'),
    removeButton(name),
  );
  return row;
}

/** Draws only what changed, so that a focused button stays. */
let drawn = '';
async function refresh() {
  const functions = await (await system('GET', 'functions')).json();
  const text = JSON.stringify(functions);
  if (text === drawn) return;
  drawn = text;
  functions.sort((one, other) => one.name.localeCompare(other.name));
  byId('functions').replaceChildren(...functions.map(rowOf));
  byId('empty').hidden = functions.length > 0;
  offer(functions.map(({ name }) => name));
}

function offer(names) {
  const select = byId('invoke').elements.name;
  const chosen = select.value;
  select.replaceChildren(...names.map((name) => cell('option', name)));
  if (names.includes(chosen)) select.value = chosen;
}

async function attempt(action) {
  const error = byId('error');
  try {
    await action();
    await refresh();
    error.hidden = true;
  } catch (reason) {
    error.textContent = reason.message;
    error.hidden = false;
  }
}

async function invoke({ name, method, path, type, body }) {
  const target = `/function/${name}${path.startsWith('/') ? '' : '/'}${path}`;
  const sent = method === 'GET' ? {} : { body, headers: { 'Content-Type': type } };
  const answer = await fetch(location.origin + target, { method, ...sent });
  const seconds = answer.headers.get('X-Duration-Seconds');
  const took = seconds === null ? '' : ` after ${Number(seconds).toFixed(3)} s`;
  byId('status').textContent = `${answer.status} ${answer.statusText}${took}`;
  byId('content').textContent = await answer.text();
  byId('answer').hidden = false;
}

async function deploy(deployment) {
  await system('POST', 'functions', deployment);
}

async function showProvider() {
  const { provider } = await (await system('GET', 'info')).json();
  byId('provider').textContent = `${provider.provider} on ${provider.orchestration}, emulated`;
}

for (const [id, action] of Object.entries({ invoke, deploy })) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    void attempt(() => action(fields));
  });
}
void attempt(showProvider);
setInterval(() => void attempt(refresh), REFRESH_MS);
