/** What counts as a special character where passwords need one; the UI checks with the same list. */
export const SPECIAL_CHARACTERS = `!"#$%&'()*+,-./:;<=>?@[]^_\`{|}~`;
