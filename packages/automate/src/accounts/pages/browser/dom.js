// What is in the page: found, shown and filled. Everything is put in as text, never as markup.

/**
 * What has this id.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @returns {Kind}
 */
export function byId(id) {
  return /** @type {Kind} */ (document.getElementById(id));
}

/**
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {Kind[]}
 */
export function all(selector, within = document) {
  return [.../** @type {NodeListOf<Kind>} */ (within.querySelectorAll(selector))];
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Shows one view of the page and hides the others; the focus goes to its first field, else to its heading.
 * @param {string} name
 */
export function show(name) {
  for (const view of all('main > [data-view]')) view.hidden = view.dataset.view !== name;
  const [view] = all(`main > [data-view="${name}"]`);
  if (!view) return;
  const heading = view.querySelector('h1');
  document.title = `${heading?.textContent ?? ''} – Automate`;
  const empty = all('form input', view).find((input) => /** @type {HTMLInputElement} */ (input).value === '');
  (empty ?? heading)?.focus();
}

/**
 * Puts a text where `data-text` asks for it.
 * @param {string} name
 * @param {string} text
 */
export function write(name, text) {
  for (const place of all(`[data-text="${name}"]`)) place.textContent = text;
}
