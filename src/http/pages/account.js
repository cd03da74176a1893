/** The pages to which links lead before somebody is signed in: one form each, by the address. */

const element = (id) => document.getElementById(id);

async function send(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (!response.ok) throw new Error(answer.detail ?? `The server answered ${response.status}.`);
  return answer;
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
  code: { label: 'Code of your second factor', autocomplete: 'one-time-code', inputMode: 'numeric' },
};

const home = () => location.assign('/');

/** The token stands behind the #, which a browser tells nobody. */
const token = () => location.hash.slice(1);

const pages = {
  '/setup': async () => ({
    title: 'Set Clientele up',
    lead: 'You make the first account, and the business whose customers you keep.',
    fields: ['business', 'name', 'email', 'newPassword'],
    button: 'Make the account',
    submit: async ({ business, name, email, newPassword }) => {
      const user = { name, email, password: newPassword };
      await send('POST', '/api/setup', { token: token(), user, tenant: { name: business } });
      await signIn(email, newPassword);
      home();
    },
  }),

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

  '/reset-password': async () => ({
    title: 'Choose a new password',
    lead: 'You are signed out everywhere else then.',
    fields: ['newPassword'],
    button: 'Set the password',
    submit: async ({ newPassword }) => {
      const { searchParams } = new URL(location.href);
      await send('POST', '/api/auth/reset-password', { token: searchParams.get('token') ?? '', newPassword });
      show({
        title: 'The password is set',
        lead: 'Sign in with it.',
        fields: [],
        aside: [['Sign in', '/sign-in']],
      });
    },
  }),

  '/sign-in': async () => ({
    title: 'Sign in',
    lead: problemInAddress(),
    fields: ['email', 'password'],
    button: 'Sign in',
    submit: async ({ email, password }) => {
      const answer = await signIn(email, password);
      if (answer.twoFactorRedirect) show(secondFactor());
      else home();
    },
    aside: [['Forgot the password?', '/forgot-password']],
  }),

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
    const session = await send('GET', '/api/session').catch(() => null);
    if (session === null) {
      location.replace('/sign-in');
      return null;
    }
    const tenants = session.tenants.map(({ name, role }) => `${name}, as ${role}`);
    return {
      title: `Hello ${session.user.name}`,
      lead: tenants.length === 0 ? 'You belong to no tenant yet: ask for an invitation.' : undefined,
      list: tenants,
      fields: [],
      button: 'Sign out',
      submit: async () => {
        await send('POST', '/api/auth/sign-out', {});
        location.assign('/sign-in');
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

function secondFactor() {
  return {
    title: 'Sign in',
    lead: 'Your account has a second factor.',
    fields: ['code'],
    button: 'Go on',
    submit: async ({ code }) => {
      await send('POST', '/api/auth/two-factor/verify-totp', { code });
      home();
    },
  };
}

function show(page) {
  element('title').textContent = page.title;
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

function showForm({ fields: names, button: text, submit }) {
  const form = element('form');
  form.hidden = submit === undefined;
  if (submit === undefined) return;
  const button = Object.assign(document.createElement('button'), { textContent: text });
  form.replaceChildren(...names.map(inputOf), button);
  form.onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    element('failure').hidden = true;
    try {
      await submit(Object.fromEntries(new FormData(form)));
    } catch (error) {
      fail(error);
    } finally {
      button.disabled = false;
    }
  };
  form.querySelector('input')?.focus();
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
  element('title').textContent = 'This does not work';
  fail(error);
}
