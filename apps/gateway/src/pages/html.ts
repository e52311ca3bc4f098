import type { FastifyReply } from 'fastify';

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | undefined | false | readonly Html[];

/** HTML from a template; what is put in is escaped unless it is HTML itself. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(texts.map((text, index) => text + (index < parts.length ? render(parts[index]) : '')).join(''));
}

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return (part as readonly Html[]).map(({ text }) => text).join('');
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return '';
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);

/** A page of the gateway's own. */
export interface Page {
  title: string;
  body: Html;
  /** What stands in the head beside title and style. */
  head?: Html;
  /** Sources that this page needs on top of its own, by directive of its content security policy. */
  sources?: Partial<Record<Directive, string>>;
  /** Search engines may show it. */
  isPublic?: boolean;
}

const DIRECTIVES = {
  'default-src': "'none'",
  'script-src': "'self'",
  // The prebuilt components write their styles as they go.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob: https:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'worker-src': "'self' blob:",
  'frame-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
} as const;
type Directive = keyof typeof DIRECTIVES;

/** Sends a page. */
export function sendPage(reply: FastifyReply, { title, body, head, sources = {}, isPublic }: Page): void {
  const policy = Object.entries(DIRECTIVES)
    .map(([name, own]) => `${name} ${[own, sources[name as Directive]].filter(Boolean).join(' ')}`)
    .join('; ');
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-store',
    // Addresses may carry tickets and the development browser's token.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(!isPublic && { 'x-robots-tag': 'noindex' }),
  });
  void reply.send(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title}</title>
          <link rel="icon" href="data:," />
          <style>
            ${new Html(STYLE)}
          </style>
          ${head}
        </head>
        <body>
          ${body}
        </body>
      </html>`.text,
  );
}

const STYLE = `
body { margin: 0; min-height: 100vh; font: 15px/1.5 system-ui, sans-serif; color: #1f2328; background: #f6f7f9; }
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1rem; }
.stage { display: flex; justify-content: center; padding: 3rem 1rem; }
#portal > p { max-width: 26rem; text-align: center; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
article { background: #fff; border: 1px solid #d9dde3; border-radius: 8px; padding: 1rem; margin: 0 0 1rem; }
main > header { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: space-between; margin: 0 0 1rem; }
main > header h1 { margin: 0; }
article header { display: flex; gap: 1rem; justify-content: space-between; color: #59636e; font-size: 0.85rem; }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: #fff; border: 1px solid #d9dde3; border-radius: 8px; padding: 0.8rem; }
article pre { border: 0; padding: 0; }
iframe { width: 100%; height: 24rem; border: 1px solid #d9dde3; background: #fff; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
nav a { margin-right: 1rem; }
`;
