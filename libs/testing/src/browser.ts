import { send, type Reply } from './http-client.js';

/** Where a browser finds FAPI. */
export interface FapiTarget {
  url: string;
  /** The host that names the instance, when it is not the one in `url`. */
  host?: string;
}

type Fields = Record<string, string | number | boolean | null | undefined | object>;

/** A browser without a page: what clerk-js sends, in development mode, and what it would keep. */
export class TestBrowser {
  private devBrowser: string | undefined;

  constructor(
    private readonly target: FapiTarget,
    private readonly origin = 'http://localhost:3000',
    /** Where it seems to be, to a gateway that trusts its proxies. */
    private readonly address?: string,
  ) {}

  get = (path: string, query: Record<string, string> = {}): Promise<Reply> => this.call('GET', path, undefined, query);
  post = (path: string, fields: Fields = {}, query: Record<string, string> = {}): Promise<Reply> =>
    this.call('POST', path, fields, query);
  patch = (path: string, fields: Fields = {}, query: Record<string, string> = {}): Promise<Reply> =>
    this.call('POST', path, fields, { ...query, _method: 'PATCH' });
  put = (path: string, fields: Fields = {}, query: Record<string, string> = {}): Promise<Reply> =>
    this.call('POST', path, fields, { ...query, _method: 'PUT' });
  delete = (path: string, fields: Fields = {}, query: Record<string, string> = {}): Promise<Reply> =>
    this.call('POST', path, fields, { ...query, _method: 'DELETE' });

  /** Sends a file, as an upload of clerk-js does. */
  async upload(method: string, path: string, file: Buffer, contentType = 'image/png'): Promise<Reply> {
    const boundary = 'latchkey-test-boundary';
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="file"\r\ncontent-type: ${contentType}\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    return this.request(path, { _method: method }, `multipart/form-data; boundary=${boundary}`, body);
  }

  /** The token that stands in for the client's cookie. */
  async devBrowserToken(): Promise<string> {
    if (!this.devBrowser) {
      const reply = await send({ method: 'POST', url: `${this.target.url}/v1/dev_browser`, headers: this.headers() });
      this.devBrowser = String(reply.body.id);
    }
    return this.devBrowser;
  }

  private async call(
    method: 'GET' | 'POST',
    path: string,
    fields: Fields | undefined,
    query: Record<string, string>,
  ): Promise<Reply> {
    return method === 'GET'
      ? this.request(path, query)
      : this.request(path, query, 'application/x-www-form-urlencoded', Buffer.from(toForm(fields ?? {})));
  }

  private async request(
    path: string,
    query: Record<string, string>,
    contentType?: string,
    body?: Buffer,
  ): Promise<Reply> {
    const url = new URL(this.target.url + path);
    const all = {
      __clerk_api_version: '2026-05-12',
      _clerk_js_version: '6.40.0',
      __clerk_db_jwt: await this.devBrowserToken(),
      ...query,
    };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    const reply = await send({
      method: body ? 'POST' : 'GET',
      url: url.href,
      headers: { ...this.headers(), ...(contentType ? { 'content-type': contentType } : {}) },
      body,
    });
    const renewed = reply.headers['clerk-db-jwt'];
    if (typeof renewed === 'string') this.devBrowser = renewed;
    return reply;
  }

  private headers(): Record<string, string> {
    return {
      origin: this.origin,
      'user-agent': CHROME,
      ...(this.target.host ? { host: this.target.host } : {}),
      ...(this.address ? { 'x-forwarded-for': this.address } : {}),
    };
  }
}

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

function toForm(fields: Fields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const item of value) form.append(name, String(item));
    else form.append(name, value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return form.toString();
}
