import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds `package.json` and `prisma/`, found by walking up: from this file, which is `dist/apps/<app>/main.js`
 * once bundled, else from the script that was started and from the working directory.
 *
 * @throws when none of them lies inside an installation
 */
export function projectRoot(): string {
  const starts = [dirname(fileURLToPath(import.meta.url)), dirname(process.argv[1] ?? '.'), process.cwd()];
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'prisma'))) return folder;
      if (dirname(folder) === folder) break;
    }
  }
  throw new Error(`No folder with package.json and prisma/ above ${starts.join(', ')}`);
}
