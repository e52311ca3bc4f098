import { refusal } from '@latchkey/core';
import sharp from 'sharp';
import type { ShownPicture } from './responses.js';

/** Longest side of a stored picture, in pixels: more than any component of the SDKs shows. */
const MAX_SIDE = 512;
/** Of the whole upload, all frames together: what unfolds beyond it is no picture but an attack. */
const MAX_INPUT_PIXELS = 64_000_000;
const FORMATS = new Set(['jpeg', 'png', 'gif', 'webp']);

/** The columns of a stored picture. */
export interface StoredPicture {
  contentType: string;
  bytes: Uint8Array;
}

/** How a picture is asked for. */
export interface Rendition {
  width?: number;
  height?: number;
  fit: 'scale-down' | 'crop';
  quality: number;
}

/**
 * A picture as it is stored: at most `MAX_SIDE` on each side, upright, in WebP, without anything that the camera wrote into it.
 *
 * @throws `request_body_invalid` (400) for what is no JPEG, PNG, GIF or WebP
 */
export async function toStoredPicture(bytes: Buffer): Promise<Buffer> {
  const stored = await encode(bytes).catch(() => undefined);
  if (!stored) throw notAPicture();
  return stored;
}

async function encode(bytes: Buffer): Promise<Buffer | undefined> {
  const source = sharp(bytes, { animated: true, limitInputPixels: MAX_INPUT_PIXELS });
  const { format, pages = 1 } = await source.metadata();
  if (!FORMATS.has(format)) return undefined;
  // Frames cannot be turned; GIFs carry no orientation anyway.
  const upright = pages > 1 ? source : source.autoOrient();
  return upright
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 90 })
    .toBuffer();
}

/** What is stored at an address, as it is asked for. @throws `image_not_found` (404) when nothing is */
export async function showStored(stored: StoredPicture | null, rendition: Rendition): Promise<ShownPicture> {
  if (!stored) throw imageNotFound();
  const { width, height } = rendition;
  const bytes = Buffer.from(stored.bytes);
  const isAsStored = width === undefined && height === undefined;
  const shown = isAsStored ? bytes : await render(bytes, rendition);
  return { contentType: stored.contentType, bytes: shown, isForever: true };
}

/** What is drawn, of something whose name may change. @throws `image_not_found` (404) when there is no such thing */
export function showDrawn(svg: string | null): ShownPicture {
  if (svg === null) throw imageNotFound();
  return { contentType: 'image/svg+xml', bytes: Buffer.from(svg), isForever: false };
}

async function render(bytes: Buffer, { width, height, fit, quality }: Rendition): Promise<Buffer> {
  return sharp(bytes, { animated: true })
    .resize({ width, height, fit: fit === 'crop' ? 'cover' : 'inside', withoutEnlargement: true })
    .webp({ quality })
    .toBuffer();
}

const notAPicture = () =>
  refusal(400, 'request_body_invalid', 'Request body invalid', 'The file must be a JPEG, PNG, GIF or WebP picture.', {
    param_name: 'file',
  });

const imageNotFound = () => refusal(404, 'image_not_found', 'Image not found', 'There is no picture at this address.');
