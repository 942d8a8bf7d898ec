/** @type {import('automate-client').StudioModule} */
export default async ({ element, api, href, language, signal }) => {
  const { results } = await api.workflows.list({ limit: 50 }, { signal });
  const title = Object.assign(document.createElement('h1'), { textContent: language === 'it' ? 'Flotta' : 'Fleet' });
  const list = document.createElement('ul');
  for (const { id, name } of results) {
    const link = Object.assign(document.createElement('a'), { href: href(`executions/?workflow=${id}`), textContent: name });
    list.append(document.createElement('li'));
    list.lastElementChild?.append(link);
  }
  element.append(title, list);
};
