import { running } from './latchkey.js';

describe('the start of Latchkey', () => {
  it('tells what it does, and ends with the addresses', () => {
    const { printed, app } = running();

    expect(printed).toMatch(/^starting the services$/m);
    expect(printed.trimEnd().split('\n').at(-1)).toBe(
      `ready: browsers call ${app.CLERK_PROXY_URL}, servers call ${app.CLERK_API_URL}`,
    );
  });

  it('has nothing to report of errors', () => {
    const { printed } = running();

    expect(printed.split('\n').filter((line) => /"level":[56]0|Warning:/.test(line))).toEqual([]);
  });
});
