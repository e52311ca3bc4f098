import { createHash } from 'node:crypto';
import type { User } from '../generated/prisma/client.js';

/** A picture for a user who has none: their initials, else a head and shoulders, on a colour of their own. SVG. */
export function drawAvatar(user: Pick<User, 'id' | 'firstName' | 'lastName'>): string {
  const hue = createHash('sha256').update(user.id).digest().readUInt16BE(0) % 360;
  const initials = [user.firstName, user.lastName].map(initialOf).join('');
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">' +
    `<rect width="256" height="256" fill="hsl(${hue},45%,45%)"/>` +
    (initials ? written(initials) : FIGURE) +
    '</svg>'
  );
}

/** Only letters and digits: nothing that a name could smuggle into the markup. */
const initialOf = (name: string | null): string => /[\p{L}\p{N}]/u.exec(name ?? '')?.[0].toUpperCase() ?? '';

const written = (initials: string) =>
  '<text x="128" y="128" dy="0.36em" text-anchor="middle" font-family="system-ui,sans-serif" font-size="104" ' +
  `font-weight="600" fill="#fff">${initials}</text>`;

const FIGURE =
  '<g fill="#fff" fill-opacity="0.85"><circle cx="128" cy="100" r="44"/><path d="M44 224a84 68 0 0 1 168 0z"/></g>';
