/** The script of the documentation page. Everything from the document is put in as text, never as markup. */
export const script = `const main = document.getElementById('operations');
const keyField = document.getElementById('key');
let base = '';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

const pretty = (value) => element('pre', { tabindex: '0' }, JSON.stringify(value, null, 2));

// References are opened a few levels deep: schemas may refer to themselves.
function expand(schema, root, depth = 0) {
  if (Array.isArray(schema)) return schema.map((item) => expand(item, root, depth));
  if (schema === null || typeof schema !== 'object') return schema;
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').pop();
    return depth > 4 ? name : expand(root.components.schemas[name], root, depth + 1);
  }
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, expand(value, root, depth)]));
}

function sample(schema) {
  if (!schema || typeof schema !== 'object') return null;
  if ('default' in schema) return schema.default;
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return sample(choice[0]);
  if (schema.type === 'object') {
    const required = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name));
    return Object.fromEntries(fields.map(([name, field]) => [name, sample(field)]));
  }
  return { array: [], string: '', integer: 0, number: 0, boolean: false }[schema.type] ?? null;
}

const jsonSchemaOf = (part) => Object.entries(part?.content ?? {}).find(([type]) => type.includes('json'))?.[1].schema;

function parameterFields(operation, id) {
  return operation.parameters.map((parameter) => {
    const field = element('input', { id: id + parameter.name, required: parameter.required });
    const hint = parameter.description ?? parameter.schema.type ?? '';
    const label = element('label', { for: field.id, title: hint }, parameter.name + (parameter.required ? ' *' : '') + ' (' + parameter.in + ')', field);
    return { parameter, field, label };
  });
}

async function send(method, path, fields, body) {
  const query = new URLSearchParams();
  const headers = {};
  let url = path;
  for (const { parameter, field } of fields) {
    if (parameter.in === 'path') url = url.replace('{' + parameter.name + '}', encodeURIComponent(field.value));
    else if (field.value !== '' && parameter.in === 'header') headers[parameter.name] = field.value;
    else if (field.value !== '') query.append(parameter.name, field.value);
  }
  if (keyField.value) headers.authorization = 'Bearer ' + keyField.value;
  if (body !== undefined) headers['content-type'] = 'application/json';
  return fetch(base + url + (query.size ? '?' + query : ''), { method: method.toUpperCase(), headers, body });
}

async function show(reply, output) {
  const type = reply.headers.get('content-type') ?? '';
  const head = reply.status + ' ' + reply.statusText + '  ' + type + '  trace ' + (reply.headers.get('x-trace-id') ?? '');
  const block = element('pre', { tabindex: '0' });
  output.replaceChildren(element('p', { class: reply.ok ? '' : 'bad' }, head), block);
  if (!type.startsWith('text/event-stream')) {
    const text = await reply.text();
    try { block.textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { block.textContent = text; }
    return;
  }
  const decoder = new TextDecoder();
  for await (const piece of reply.body) block.textContent += decoder.decode(piece, { stream: true });
}

function tryForm(method, path, operation, root, id) {
  const fields = parameterFields(operation, id);
  const schema = jsonSchemaOf(operation.requestBody);
  const body = schema && element('textarea', { id: id + 'body', spellcheck: 'false' }, JSON.stringify(sample(expand(schema, root)), null, 2));
  const output = element('div', { role: 'status' });
  const form = element('form', {},
    element('div', { class: 'fields' }, ...fields.map((item) => item.label)),
    body && element('label', { for: body.id }, 'Body', body),
    element('p', {}, element('button', { type: 'submit' }, 'Send')), output);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    output.textContent = 'Sending…';
    try { await show(await send(method, path, fields, body?.value), output); }
    catch (error) { output.replaceChildren(element('p', { class: 'bad' }, String(error))); }
  });
  return form;
}

function operationDetails(method, path, operation, root) {
  const id = operation.operationId + '-';
  const content = element('div');
  const details = element('details', { id: operation.operationId },
    element('summary', {}, element('span', { class: 'verb' }, method.toUpperCase()), element('span', { class: 'path' }, path),
      element('span', { class: 'soft' }, '  ' + (operation.summary ?? operation.operationId))), content);
  // Filled when it is opened: most never are.
  details.addEventListener('toggle', () => {
    if (content.childNodes.length > 0) return;
    const sent = jsonSchemaOf(operation.requestBody);
    const replies = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
    if (operation.description) content.append(element('p', {}, operation.description));
    content.append(element('h3', {}, 'Try it'), tryForm(method, path, operation, root, id));
    if (sent) content.append(element('h3', {}, 'Body'), pretty(expand(sent, root)));
    for (const [status, reply] of replies) {
      const schema = jsonSchemaOf(reply);
      content.append(element('h3', {}, 'Reply ' + status + ' ' + reply.description));
      content.append(schema ? pretty(expand(schema, root)) : element('p', { class: 'soft' }, Object.keys(reply.content ?? {}).join(', ') || 'no content'));
    }
  });
  return details;
}

function render(root) {
  base = root.servers[0].url.replace(/\\/$/, '');
  const groups = new Map(root.tags.map((tag) => [tag.name, element('section', { 'aria-label': tag.name }, element('h2', {}, tag.name))]));
  for (const [path, methods] of Object.entries(root.paths)) {
    for (const method of METHODS.filter((name) => methods[name])) {
      groups.get(methods[method].tags[0]).append(operationDetails(method, path, methods[method], root));
    }
  }
  document.title = root.info.title;
  document.querySelector('h1').textContent = root.info.title + ' ' + root.info.version;
  main.replaceChildren(...groups.values());
}

document.getElementById('filter').addEventListener('input', (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const section of main.querySelectorAll('section')) {
    let shown = 0;
    for (const details of section.querySelectorAll('details')) {
      const text = (section.getAttribute('aria-label') + ' ' + details.id + ' ' + details.querySelector('summary').textContent).toLowerCase();
      details.hidden = !text.includes(wanted);
      if (!details.hidden) shown += 1;
    }
    section.hidden = shown === 0;
  }
});

try { render(await (await fetch(document.querySelector('link[rel=service-desc]').href)).json()); }
catch (error) { main.replaceChildren(element('p', { class: 'bad', role: 'alert' }, 'The document could not be loaded: ' + error)); }
`;
