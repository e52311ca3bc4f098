/** What the portal reads of the svix API; moments are ISO text. */
export interface Endpoint {
  id: string;
  url: string;
  description: string;
  disabled: boolean;
  filterTypes: string[] | null;
  throttleRate: number | null;
  createdAt: string;
}

export interface Stats {
  success: number;
  pending: number;
  sending: number;
  fail: number;
  canceled: number;
}

export interface Message {
  id: string;
  eventType: string;
  payload: unknown;
  timestamp: string;
  /** On lists of one endpoint's messages. */
  statusText?: string;
  nextAttempt?: string | null;
}

export interface Attempt {
  id: string;
  msgId: string;
  endpointId: string;
  url: string;
  statusText: string;
  responseStatusCode: number;
  response: string;
  responseDurationMs: number;
  triggerType: number;
  timestamp: string;
}

export interface EventType {
  name: string;
  description: string;
  groupName: string | null;
  schemas: Record<string, { examples?: unknown[] }> | null;
}

export interface List<T> {
  data: T[];
  done: boolean;
  iterator: string | null;
}

/** The session that a link has opened. */
export interface Session {
  token: string;
  appId: string;
  capabilities: string[];
}

const KEY = 'latchkey-webhooks-portal';

/** The session of this tab, or null. */
export function storedSession(): Session | null {
  const text = sessionStorage.getItem(KEY);
  return text ? (JSON.parse(text) as Session) : null;
}

/** Ends the session in this tab. */
export const forgetSession = () => sessionStorage.removeItem(KEY);

/** Uses the key of a link, once, and keeps the session for this tab. */
export async function openSession(key: string): Promise<Session> {
  const session = await call<Session>('POST', 'open', undefined, { key });
  sessionStorage.setItem(KEY, JSON.stringify(session));
  return session;
}

/** A refusal, in words for the person who looks at it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The svix API for the application of a session. */
export class Api {
  constructor(readonly session: Session) {}

  /** @param path what follows `/app/:app_id` */
  get<T>(path: string): Promise<T> {
    return this.send('GET', this.app(path));
  }

  post<T>(path: string, body?: object): Promise<T> {
    return this.send('POST', this.app(path), body);
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.send('PATCH', this.app(path), body);
  }

  delete(path: string): Promise<void> {
    return this.send('DELETE', this.app(path));
  }

  /** Every event type, with examples. */
  async eventTypes(): Promise<EventType[]> {
    const { data } = await this.send<List<EventType>>('GET', 'api/v1/event-type?limit=250&with_content=true');
    return data;
  }

  can(capability: string): boolean {
    return this.session.capabilities.includes(capability);
  }

  private app(path: string): string {
    return `api/v1/app/${encodeURIComponent(this.session.appId)}${path}`;
  }

  private send<T>(method: string, path: string, body?: object): Promise<T> {
    return call<T>(method, path, this.session.token, body);
  }
}

async function call<T>(method: string, path: string, token: string | undefined, body?: object): Promise<T> {
  const headers: Record<string, string> = {};
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (body) headers['content-type'] = 'application/json';
  // Relative: the page lies beside what it calls, wherever that is.
  const response = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  const text = await response.text();
  const json = text ? (JSON.parse(text) as unknown) : undefined;
  if (response.ok) return json as T;
  throw new Refused(response.status, wordsOf(json) ?? `The server answered ${response.status}`);
}

function wordsOf(body: unknown): string | undefined {
  const detail = (body as { detail?: string | { msg: string }[] } | undefined)?.detail;
  return Array.isArray(detail) ? detail.map(({ msg }) => msg).join(' ') : detail;
}
