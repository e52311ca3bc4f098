import { z } from 'zod';
import { ConfigError } from './load-config.js';
import { unknownSettings } from './misspelt.js';

const names = {
  prefix: 'SHOP_',
  schema: z.object({ SHOP_DATA_DIR: z.string(), SHOP_FAPI_PORT: z.string(), OTHER: z.string() }),
  others: ['SHOP_ID'],
};

describe('unknownSettings', () => {
  it('is silent about settings, names that others read, empty ones, and other prefixes', () => {
    const env = { SHOP_DATA_DIR: 'x', SHOP_ID: '1', SHOP_DATADIR: '', PATH: '/bin', OTHR: 'x' };

    expect(unknownSettings(names, env)).toBeUndefined();
  });

  it.each([
    ['SHOP_DATADIR', 'SHOP_DATA_DIR'],
    ['SHOP_FAPI_PROT', 'SHOP_FAPI_PORT'],
    ['SHOP_API_PORT', 'SHOP_FAPI_PORT'],
  ])('refuses %s, and names %s', (misspelt, meant) => {
    const load = () => unknownSettings(names, { [misspelt]: 'x' });

    expect(load).toThrow(ConfigError);
    expect(load).toThrow(`${misspelt} is not a setting. Is ${meant} meant?`);
  });

  it('tells in one sentence of those that are far from any', () => {
    expect(unknownSettings(names, { SHOP_SERVICE_HOST: 'x', SHOP_DATA_FOLDER: 'y' })).toBe(
      'No settings of Latchkey, and without effect: SHOP_DATA_FOLDER (the nearest is SHOP_DATA_DIR), SHOP_SERVICE_HOST (the nearest is SHOP_FAPI_PORT).',
    );
  });
});
