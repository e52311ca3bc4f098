import { z } from 'zod';
import { ConfigError, loadConfig } from './load-config.js';

const Config = z.object({
  PORT: z.coerce.number().int().min(1).default(4000),
  DATABASE_URL: z.url().meta({ example: 'postgresql://localhost/identity' }),
});

describe('loadConfig', () => {
  it('types, fills in and freezes what the environment holds, and ignores the rest of it', () => {
    const config = loadConfig(Config, { DATABASE_URL: 'postgresql://db/x', HOME: '/root', PORT: '' });

    expect(config).toEqual({ PORT: 4000, DATABASE_URL: 'postgresql://db/x' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every bad variable at once, with its problem and an example', () => {
    const load = () => loadConfig(Config, { PORT: 'many' });

    expect(load).toThrow(ConfigError);
    expect(load).toThrow(
      /PORT .+\n {2}DATABASE_URL is not set \(for example DATABASE_URL=postgresql:\/\/localhost\/identity\)/,
    );
  });
});
