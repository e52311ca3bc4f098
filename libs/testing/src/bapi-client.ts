import { send, type Reply } from './http-client.js';

/** Calls BAPI with a secret key. */
export class BapiClient {
  constructor(
    private readonly target: () => { url: string; secretKey: string },
    private readonly headers: Record<string, string> = {},
  ) {}

  get = (path: string): Promise<Reply> => this.call('GET', path);
  post = (path: string, body?: object): Promise<Reply> => this.call('POST', path, body);
  put = (path: string, body?: object): Promise<Reply> => this.call('PUT', path, body);
  patch = (path: string, body?: object): Promise<Reply> => this.call('PATCH', path, body);
  delete = (path: string, body?: object): Promise<Reply> => this.call('DELETE', path, body);

  /** The same client with more headers, such as an older `clerk-api-version`. */
  with(headers: Record<string, string>): BapiClient {
    return new BapiClient(this.target, { ...this.headers, ...headers });
  }

  private call(method: string, path: string, body?: object): Promise<Reply> {
    const { url, secretKey } = this.target();
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json', ...this.headers };
    return send({ method, url: url + path, headers, body: body && JSON.stringify(body) });
  }
}
