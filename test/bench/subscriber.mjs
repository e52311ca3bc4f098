/** A subscriber in a process of its own, so that its work is not the bench's: answers 204 and tells its parent what came, in batches. */
import { createServer } from 'node:http';

/** @type {[string, number][]} what came and when (milliseconds) */
let batch = [];
let count = 0;
const server = createServer((incoming, response) => {
  const at = Date.now();
  const id = String(incoming.headers['svix-id']);
  const chunks = /** @type {Buffer[]} */ ([]);
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    response.writeHead(204).end();
    count++;
    const { data } = JSON.parse(Buffer.concat(chunks).toString());
    batch.push([`${data.id} ${id}`, at]);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }),
);
setInterval(() => {
  if (!batch.length) return;
  process.send?.({ count, batch });
  batch = [];
}, 50);
process.on('disconnect', () => process.exit());
