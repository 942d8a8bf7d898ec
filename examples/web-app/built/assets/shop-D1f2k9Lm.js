const place = location.pathname.slice(new URL(document.baseURI).pathname.length);
document.querySelector('main').textContent = `Shop: ${place || 'home'}`;
