import sharp from 'sharp';

/** Longest side of a stored picture, in pixels: more than any component of the SDKs shows. */
const MAX_SIDE = 512;
/** Of the whole upload, all frames together: what unfolds beyond it is no picture but an attack. */
const MAX_INPUT_PIXELS = 64_000_000;
const FORMATS = new Set(['jpeg', 'png', 'gif', 'webp']);

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
 * @returns undefined for what is no JPEG, PNG, GIF or WebP
 */
export async function toStoredPicture(bytes: Buffer): Promise<Buffer | undefined> {
  try {
    const source = sharp(bytes, { animated: true, limitInputPixels: MAX_INPUT_PIXELS });
    const { format, pages = 1 } = await source.metadata();
    if (!FORMATS.has(format)) return undefined;
    // Frames cannot be turned; GIFs carry no orientation anyway.
    const upright = pages > 1 ? source : source.autoOrient();
    return await upright
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 90 })
      .toBuffer();
  } catch {
    return undefined;
  }
}

/** A stored picture in the size and quality that is asked for. */
export async function render(bytes: Buffer, { width, height, fit, quality }: Rendition): Promise<Buffer> {
  return sharp(bytes, { animated: true })
    .resize({ width, height, fit: fit === 'crop' ? 'cover' : 'inside', withoutEnlargement: true })
    .webp({ quality })
    .toBuffer();
}
