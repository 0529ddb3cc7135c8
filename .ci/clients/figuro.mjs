// The contact calls of the JavaScript package @figuro/chatwoot-sdk.
import { createRequire } from 'node:module';

const sdk = createRequire(`${process.env.MODULES}/`)('@figuro/chatwoot-sdk');
const ChatwootClient = sdk.default ?? sdk;
const name = '@figuro/chatwoot-sdk';
// Calls that fail, and why.
const reasons = {};
const config = { basePath: process.env.BASE, token: process.env.TOKEN, with_credentials: true, credentials: 'include' };
const client = new ChatwootClient({ config });
const [accountId, inboxId] = [1, Number(process.env.INBOX)];
let failed = false;

async function call(method, action) {
  try {
    const result = await action();
    if (reasons[method]) {
      console.error(`${name}: ${method} works, but is listed: ${reasons[method]}`);
      failed = true;
    }
    console.log(`| \`${name}\` | \`${method}\` | works |`);
    return result;
  } catch (error) {
    if (!reasons[method]) {
      console.error(`${name}: ${method} fails: ${error} ${JSON.stringify(error.body ?? '').slice(0, 300)}`);
      failed = true;
    }
    console.log(`| \`${name}\` | \`${method}\` | ${reasons[method] ?? 'FAILS'} |`);
    return undefined;
  }
}

function same(found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
  }
}

const { contacts } = client;
const made = await call('contacts.create', () => contacts.create({
  accountId, data: { inbox_id: inboxId, name: 'Figuro One', email: 'figuro@example.com', phone_number: '+33611110004', identifier: 'figuro-1' },
}));
const id = made?.payload?.contact?.id ?? made?.id;
await call('contacts.list', async () => same((await contacts.list({ accountId, sort: 'name', page: 1 })).payload.length, 15));
await call('contacts.get', async () => same((await contacts.get({ accountId, id })).payload.email, 'figuro@example.com'));
await call('contacts.update', async () => {
  await contacts.update({ accountId, id, data: { name: 'Figuro Two' } });
  same((await contacts.get({ accountId, id })).payload.name, 'Figuro Two');
});
await call('contacts.search', async () => {
  same((await contacts.search({ accountId, q: 'figuro@example.com' })).payload.map((one) => one.id), [id]);
});
await call('contacts.filter', async () => {
  const payload = [{ attribute_key: 'email', filter_operator: 'equal_to', values: ['figuro@example.com'], query_operator: null }];
  same((await contacts.filter({ accountId, payload })).payload.map((one) => one.id), [id]);
});
await call('contacts.listConversations', () => contacts.listConversations({ accountId, id }));
await call('contact.getContactable', () => client.contact.getContactable({ accountId, id }));
await call('contact.create', () => client.contact.create({ accountId, id, data: { inbox_id: inboxId } }));
await call('customAttributes.list', () => client.customAttributes.list({ accountId, attributeModel: '1' }));
await call('inboxes.list', () => client.inboxes.list({ accountId }));
const visitors = client.client.contacts;
const inboxIdentifier = String(inboxId);
const visitor = await call('client.contacts.create', () => visitors.create({ inboxIdentifier, data: { name: 'Figuro Public', identifier: 'figuro-public' } }));
const contactIdentifier = visitor?.source_id;
await call('client.contacts.get', () => visitors.get({ inboxIdentifier, contactIdentifier }));
await call('client.contacts.update', () => visitors.update({ inboxIdentifier, contactIdentifier, data: { name: 'Figuro Seen' } }));
await call('contacts.delete', () => contacts.delete({ accountId, id }));
process.exit(failed ? 1 : 0);
