/** A server that does nothing but select a user with what is shown of them. In a process of its own, as the product is. */
import Fastify from 'fastify';
import pg from 'pg';

const [databaseUrl] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const server = Fastify();

/** The addresses, too, so that the answer is as long as the product's. */
const USER = `SELECT u.*, (SELECT json_agg(e) FROM email_addresses e WHERE e.user_id = u.id) AS email_addresses FROM users u WHERE u.id = $1`;

server.get('/users/:id', async (/** @type {any} */ { params }) => {
  const { rows } = await pool.query({ name: 'user', text: USER, values: [params.id] });
  return rows[0];
});
process.send?.({ url: await server.listen({ host: '127.0.0.1', port: 0 }) });
process.once('disconnect', () => process.exit());
