import { html } from './html.js';

describe('html', () => {
  it('escapes what is put in, but no HTML', () => {
    const link = html`<a href="${'"><script>'}">${"<b>'&"}</a>`;
    expect(html`<p>${link}${[link]}${null}${false}${0}</p>`.text).toBe(
      `<p>${'<a href="&quot;&gt;&lt;script&gt;">&lt;b&gt;&#39;&amp;</a>'.repeat(2)}0</p>`,
    );
  });
});
