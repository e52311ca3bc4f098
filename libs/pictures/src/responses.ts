import { z } from 'zod';

const Side = z.coerce.number().int().min(1).max(2048).optional().catch(undefined);

/** How a picture may be asked for. What makes no sense is ignored: the picture is shown as it is. */
export const ImageQuery = z.object({
  width: Side,
  height: Side,
  fit: z.enum(['scale-down', 'crop']).default('scale-down').catch('scale-down'),
  quality: z.coerce.number().int().min(1).max(100).default(85).catch(85),
});
export type ImageQuery = z.output<typeof ImageQuery>;

/** A picture as it goes out. */
export interface ShownPicture {
  contentType: string;
  bytes: Buffer;
  /** It never changes under its address. */
  isForever: boolean;
}

/** Headers of a picture's answer. */
export const pictureHeaders = ({ contentType, isForever }: ShownPicture): Record<string, string> => ({
  'content-type': contentType,
  // What is drawn follows a name, which changes.
  'cache-control': isForever ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
  // Apps on other origins show it; opened by itself it runs nothing.
  'cross-origin-resource-policy': 'cross-origin',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
});
