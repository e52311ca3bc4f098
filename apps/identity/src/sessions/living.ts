/** What the living sessions of a filter fulfil: neither ended nor past their time. */
export const living = (now: Date) => ({
  status: { in: ['active', 'pending'] },
  expireAt: { gt: now },
  abandonAt: { gt: now },
});
