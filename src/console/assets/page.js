// Keeps a page up to date: when the server says that something changed, the page is asked for again, and the parts that are
// marked (data-part) are replaced. A part in which somebody is entering something is left until they are done.
(() => {
  'use strict';

  const entered = (field) => {
    if (field.type === 'hidden' || field.type === 'submit') return false;
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
    if (field.tagName === 'SELECT') return [...field.options].some((one) => one.selected && !one.defaultSelected && one.index > 0);
    return field.value !== (field.defaultValue || '');
  };
  const isBusy = (part) => {
    const focused = document.activeElement;
    const types = focused && part.contains(focused) && /^(INPUT|SELECT|TEXTAREA)$/.test(focused.tagName);
    return types || [...part.querySelectorAll('input, select, textarea')].some(entered);
  };

  const replace = (fresh) => {
    document.title = fresh.title;
    for (const part of document.querySelectorAll('[data-part]')) {
      const next = fresh.getElementById(part.id);
      if (!next || isBusy(part) || next.innerHTML === part.innerHTML) continue;
      const open = [...part.querySelectorAll('details[open][id]')].map((one) => one.id);
      part.replaceChildren(...next.childNodes);
      for (const id of open) {
        const again = document.getElementById(id);
        if (again) again.open = true;
      }
    }
  };

  let source = null;
  let running = false;
  let again = false;
  let later = 0;
  const refresh = async () => {
    if (running) { again = true; return; }
    running = true;
    clearTimeout(later);
    let isDone = false;
    try {
      const wanted = { headers: { 'x-live': '1' }, credentials: 'same-origin', redirect: 'error', signal: AbortSignal.timeout(30000) };
      const answer = await fetch(location.href, wanted);
      isDone = answer.status < 500;
      if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      isDone = false;
    }
    running = false;
    if (again) { again = false; refresh(); return; }
    // The server says each change once: what could not be fetched is fetched a little later, as long as the connection stands.
    if (!isDone && source && source.readyState === EventSource.OPEN) later = setTimeout(refresh, 2000);
  };

  const sign = document.getElementById('live');
  const say = (on) => {
    if (!sign) return;
    sign.textContent = on ? sign.dataset.on : sign.dataset.off;
    sign.classList.toggle('off', !on);
  };

  const topic = document.body.dataset.live;
  let timer = 0;
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(topic);
    source.addEventListener('open', () => { say(true); refresh(); });
    source.addEventListener('changed', refresh);
    source.addEventListener('error', () => {
      say(false);
      if (source && source.readyState === EventSource.CLOSED) {
        source = null;
        clearTimeout(timer);
        timer = setTimeout(listen, 5000);
      }
    });
  };
  if (topic) {
    listen();
    // A page that nobody sees is not kept up to date.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && source) { source.close(); source = null; } else { listen(); }
    });
  }

  document.addEventListener('change', (event) => {
    const name = event.target.dataset && event.target.dataset.all;
    if (!name) return;
    for (const box of event.target.form.querySelectorAll(`input[type=checkbox][name="${name}"]`)) box.checked = event.target.checked;
  });

  // One submission, however often the button is pressed.
  document.addEventListener('submit', (event) => {
    // A form that gives a file stays as it is, and may be sent again.
    if (event.target.method !== 'post' || 'file' in event.target.dataset) return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = '1';
  });
  window.addEventListener('pageshow', () => { for (const form of document.forms) delete form.dataset.sent; });

  const faults = document.querySelector('[aria-invalid=true]');
  if (faults) faults.focus();
})();
