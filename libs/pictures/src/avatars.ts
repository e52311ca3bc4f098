import { createHash } from 'node:crypto';

/**
 * A picture for somebody or something that has none: initials on a colour of its own. SVG.
 *
 * @param id decides the colour
 * @param otherwise markup that stands in for initials when the names have none
 */
export function drawInitials(id: string, names: (string | null)[], otherwise = ''): string {
  const hue = createHash('sha256').update(id).digest().readUInt16BE(0) % 360;
  const initials = names.map(initialOf).join('');
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">' +
    `<rect width="256" height="256" fill="hsl(${hue},45%,45%)"/>` +
    (initials ? written(initials) : otherwise) +
    '</svg>'
  );
}

/** Only letters and digits: nothing that a name could smuggle into the markup. */
const initialOf = (name: string | null): string => /[\p{L}\p{N}]/u.exec(name ?? '')?.[0].toUpperCase() ?? '';

const written = (initials: string) =>
  '<text x="128" y="128" dy="0.36em" text-anchor="middle" font-family="system-ui,sans-serif" font-size="104" ' +
  `font-weight="600" fill="#fff">${initials}</text>`;
