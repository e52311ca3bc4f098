import { z } from 'zod';

const Side = z.coerce.number().int().min(1).max(2048).optional().catch(undefined);

/** Query of FAPI `getImage`. What makes no sense is ignored: the picture is shown as it is. */
export const ImageQuery = z.object({
  width: Side,
  height: Side,
  fit: z.enum(['scale-down', 'crop']).default('scale-down').catch('scale-down'),
  quality: z.coerce.number().int().min(1).max(100).default(85).catch(85),
});
export type ImageQuery = z.output<typeof ImageQuery>;
