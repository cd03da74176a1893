/** The pages to which links lead before somebody is signed in: one form each, by the address. */

const element = (id) => document.getElementById(id);

/** What the server calls by other words than these pages do, or does not say the way out of. */
const words = {
  INVALID_EMAIL_OR_PASSWORD: 'The e-mail address or the password is wrong.',
  INVALID_TOKEN: 'This link is not valid, or not any more: have another one sent.',
  INVALID_CODE: 'That code is wrong, or not valid any more.',
  INVALID_BACKUP_CODE: 'That code is wrong, or was used before.',
  'invitation.not_found':
    'The invitation is not valid, or not any more: ask whoever invited you for another one.',
};

async function send(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The server cannot be reached. Look at your connection, and try again.');
  });
  // A proxy in between may answer with a page of its own.
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(response.status, answer);
  return answer;
}

function refusal(status, { code, detail, request_id: call }) {
  const said = words[code] ?? detail ?? `The server answered ${status}. Try again in a moment.`;
  const quoted = status >= 500 && call !== undefined ? `${said} To be quoted: ${call}` : said;
  return Object.assign(new Error(quoted), { status });
}

const signIn = (email, password) => send('POST', '/api/auth/sign-in/email', { email, password });

const fields = {
  business: { label: 'Business', autocomplete: 'organization' },
  name: { label: 'Your name', autocomplete: 'name' },
  email: { label: 'E-mail', type: 'email', autocomplete: 'email' },
  password: { label: 'Password', type: 'password', autocomplete: 'current-password' },
  newPassword: {
    label: 'Password',
    type: 'password',
    autocomplete: 'new-password',
    minLength: 10,
    hint: '10 characters or more',
  },
  code: { label: 'Code', autocomplete: 'one-time-code' },
};

const home = () => location.assign('/');

/** The token stands behind the #, which a browser tells nobody. */
const token = () => whole(location.hash.slice(1));

/** The token of a mail that has to be asked for by us stands in the query. */
const mailedToken = () => whole(new URL(location.href).searchParams.get('token') ?? '');

/** Whoever opened half a link hears of it before he fills anything in. */
function whole(text) {
  if (text === '') throw new Error('A part of the link is missing: open all of it, as it was given to you.');
  return text;
}

const pages = {
  '/setup': async () => {
    const proof = token();
    return {
      title: 'Set Clientele up',
      lead: 'You make the first account, and the business whose customers you keep.',
      fields: ['business', 'name', 'email', 'newPassword'],
      button: 'Make the account',
      submit: async ({ business, name, email, newPassword }) => {
        const user = { name, email, password: newPassword };
        await send('POST', '/api/setup', { token: proof, user, tenant: { name: business } });
        await signIn(email, newPassword);
        home();
      },
    };
  },

  '/invitation': async () => {
    const invitation = await send('POST', '/api/invitation', { token: token() });
    return {
      title: `Join ${invitation.tenant.name}`,
      lead: `${invitation.email} was invited as ${invitation.role}. Choose a name and a password.`,
      fields: ['name', 'newPassword'],
      button: 'Join',
      submit: async ({ name, newPassword }) => {
        await send('POST', '/api/invitation/account', { token: token(), name, password: newPassword });
        await signIn(invitation.email, newPassword);
        home();
      },
    };
  },

  '/reset-password': async () => {
    const proof = mailedToken();
    return {
      title: 'Choose a new password',
      lead: 'Every device that is signed in with your account is signed out then.',
      fields: ['newPassword'],
      button: 'Set the password',
      submit: async ({ newPassword }) => {
        await send('POST', '/api/auth/reset-password', { token: proof, newPassword });
        show({
          title: 'The password is set',
          lead: 'Sign in with it.',
          fields: [],
          aside: [['Sign in', '/sign-in']],
        });
      },
      aside: [['Send another link', '/forgot-password']],
    };
  },

  '/sign-in': async () => {
    const { oidc } = await send('GET', '/api/auth/sign-in-methods');
    return {
      title: 'Sign in',
      lead: problemInAddress(),
      fields: ['email', 'password'],
      button: 'Sign in',
      submit: async ({ email, password }) => {
        const answer = await signIn(email, password);
        if (answer.twoFactorRedirect) show(secondFactor());
        else home();
      },
      ...(oidc === null ? {} : { other: { text: `Sign in with ${oidc.name}`, act: signInElsewhere } }),
      aside: [['Forgot the password?', '/forgot-password']],
    };
  },

  '/forgot-password': async () => ({
    title: 'Reset your password',
    lead: 'If the address has an account, a mail with a link goes there.',
    fields: ['email'],
    button: 'Send the mail',
    submit: async ({ email }) => {
      await send('POST', '/api/auth/request-password-reset', { email });
      show({
        title: 'Look into your mail',
        lead: 'The link in it is good for an hour.',
        fields: [],
        aside: [['Sign in', '/sign-in']],
      });
    },
    aside: [['Sign in', '/sign-in']],
  }),

  '/': async () => {
    const session = await send('GET', '/api/session').catch((error) => {
      if (error.status !== 401) throw error;
      return null;
    });
    if (session === null) {
      location.replace('/sign-in');
      return null;
    }
    const tenants = session.tenants.map(({ name, role }) => `${name}, as ${role}`);
    return {
      title: `Hello ${session.user.name}`,
      lead: tenants.length === 0 ? 'You belong to no tenant yet: ask for an invitation.' : undefined,
      list: tenants,
      other: {
        text: 'Sign out',
        act: async () => {
          await send('POST', '/api/auth/sign-out', {});
          location.assign('/sign-in');
        },
      },
      aside: [['The API, to read and to try', '/api/docs']],
    };
  },
};

/** What a provider, or a link that has expired, came back with. */
function problemInAddress() {
  const problem = new URL(location.href).searchParams.get('error');
  return problem === null ? undefined : `That did not work: ${problem.replaceAll('_', ' ')}.`;
}

/** The provider sends the browser back to one of the two pages. */
async function signInElsewhere() {
  const wanted = { provider: 'oidc', callbackURL: '/', errorCallbackURL: '/sign-in' };
  const { url } = await send('POST', '/api/auth/sign-in/social', wanted);
  location.assign(url);
}

function secondFactor() {
  return {
    title: 'Sign in',
    lead: 'Your account has a second factor: give the six digits that it shows, or one of your backup codes.',
    fields: ['code'],
    button: 'Go on',
    submit: async ({ code: typed }) => {
      const code = typed.trim();
      const way = /^[0-9]{6}$/.test(code) ? 'verify-totp' : 'verify-backup-code';
      await send('POST', `/api/auth/two-factor/${way}`, { code });
      home();
    },
  };
}

function show(page) {
  Object.assign(element('title'), { textContent: page.title, className: '' });
  document.title = `${page.title} · Clientele`;
  element('lead').textContent = page.lead ?? '';
  element('lead').hidden = page.lead === undefined;
  element('failure').hidden = true;
  showList(page.list ?? []);
  showForm(page);
  element('aside').replaceChildren(...(page.aside ?? []).map(([text, href]) => link(text, href)));
}

function showList(entries) {
  element('list').replaceChildren(
    ...entries.map((entry) => Object.assign(document.createElement('li'), { textContent: entry })),
  );
  element('list').hidden = entries.length === 0;
}

/** A form with its button, and below them what can be done instead: either may be alone. */
function showForm({ fields: names = [], button: text, submit, other }) {
  const form = element('form');
  form.hidden = submit === undefined && other === undefined;
  const button = submit === undefined ? [] : [buttonOf(text, 'submit')];
  const instead = other === undefined ? [] : [buttonOf(other.text, 'button')];
  for (const each of instead) each.addEventListener('click', () => attempt(other.act));
  form.replaceChildren(...names.map(inputOf), ...button, ...instead);
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(() => submit(Object.fromEntries(new FormData(form))));
  };
  form.querySelector('input')?.focus();
}

function buttonOf(text, type) {
  return Object.assign(document.createElement('button'), { textContent: text, type });
}

/** Nothing can be pressed twice while it is on its way. */
async function attempt(act) {
  const buttons = [...element('form').querySelectorAll('button')];
  for (const button of buttons) button.disabled = true;
  element('failure').hidden = true;
  try {
    await act();
  } catch (error) {
    fail(error);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function inputOf(name) {
  const { label: text, hint, ...attributes } = fields[name];
  const label = document.createElement('label');
  const input = Object.assign(document.createElement('input'), { name, required: true, ...attributes });
  label.append(text, input);
  if (hint !== undefined)
    label.append(Object.assign(document.createElement('span'), { className: 'hint', textContent: hint }));
  return label;
}

function link(text, href) {
  return Object.assign(document.createElement('a'), { textContent: text, href });
}

function fail(error) {
  element('failure').textContent = error.message;
  element('failure').hidden = false;
}

// Another link to the same page differs behind the # only, for which a browser loads nothing.
addEventListener('hashchange', () => location.reload());

const open = pages[location.pathname.replace(/(.)\/$/, '$1')] ?? pages['/'];
try {
  const page = await open();
  if (page !== null) show(page);
} catch (error) {
  show({ title: 'This does not work', aside: [['Sign in', '/sign-in']] });
  fail(error);
}
