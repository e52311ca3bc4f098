import { drawInitials } from '@latchkey/pictures';
import type { User } from '../generated/prisma/client.js';

/** A picture for a user who has none: their initials, else a head and shoulders. SVG. */
export const drawAvatar = (user: Pick<User, 'id' | 'firstName' | 'lastName'>): string =>
  drawInitials(user.id, [user.firstName, user.lastName], FIGURE);

const FIGURE =
  '<g fill="#fff" fill-opacity="0.85"><circle cx="128" cy="100" r="44"/><path d="M44 224a84 68 0 0 1 168 0z"/></g>';
