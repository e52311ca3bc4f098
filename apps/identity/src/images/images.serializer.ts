import type { ImageJSON } from '@clerk/shared/types';
import type { Image } from '../generated/prisma/client.js';

/** A picture as FAPI shows it to who uploaded it. */
export const toImageJSON = ({ id, name }: Pick<Image, 'id' | 'name'>, fapiUrl: string): ImageJSON => ({
  object: 'image',
  id,
  name,
  public_url: `${fapiUrl}/v1/images/${id}`,
});
