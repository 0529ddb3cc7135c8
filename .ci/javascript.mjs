// Reads every contact of the Chatwoot and SmartSender APIs of `cardex serve` as a JavaScript client does, and follows each id.
// Usage: node .ci/javascript.mjs CARDEX BOOK CONTACTS
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [cardex, book, contacts] = process.argv.slice(2);
const token = 'a-token-of-the-test';
const tokens = `${book}.tokens`;
writeFileSync(tokens, `${token} admin\n`, { mode: 0o600 });
const server = spawn(cardex, ['--book', book, 'serve', '--listen', '127.0.0.1:0', '--token-file', tokens]);
const base = await new Promise((ready, failed) => {
  server.stderr.on('data', (text) => {
    const address = /http:\S+/.exec(String(text));
    if (address) ready(address[0]);
  });
  server.on('exit', () => failed(new Error('the server ended')));
});

async function call(method, path, body) {
  const headers = { api_access_token: token, authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return JSON.parse(await response.text());
}

function equal(found, expected, what) {
  if (found !== expected) throw new Error(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
}

// Runs `work` on all items, a few at a time.
async function each(items, work) {
  const queue = [...items];
  const worker = async () => { while (queue.length > 0) await work(queue.pop()); };
  await Promise.all([...Array(8)].map(worker));
}

try {
  const first = await call('GET', '/v1/contacts?page=1&limitation=20');
  const known = new Map(first.collection.map((contact) => [contact.id, contact.phone]));
  const pages = [...Array(first.cursor.pages).keys()].map((page) => page + 1);
  await each(pages.slice(1), async (page) => {
    for (const contact of (await call('GET', `/v1/contacts?page=${page}&limitation=20`)).collection) {
      known.set(contact.id, contact.phone);
    }
  });
  equal(known.size, Number(contacts), 'contacts with an id of their own');
  await each(known, async ([id, phone]) => {
    equal(Number.isSafeInteger(id), true, `the id ${id}`);
    const shown = (await call('GET', `/api/v1/accounts/1/contacts/${id}`)).payload;
    equal(shown.id, id, 'the id in Chatwoot');
    equal(shown.phone_number, phone, `the phone of ${id}`);
    equal((await call('GET', `/v1/contacts/${id}`)).phone, phone, `the phone of ${id} in SmartSender`);
    // An edit reaches the same contact.
    await call('PATCH', `/api/v1/accounts/1/contacts/${id}`, { additional_attributes: { mark: `m${id}` } });
  });
  await each(known.keys(), async (id) => {
    const shown = (await call('GET', `/api/v1/accounts/1/contacts/${id}`)).payload;
    equal(shown.additional_attributes.mark, `m${id}`, `the edit of ${id}`);
  });
  console.log(`${known.size} contacts: each id reached its own contact`);
} finally {
  server.removeAllListeners('exit');
  server.kill();
}
