/** What this writer calls itself in the log; it also recognises its own commits by it. */
export const engineInfo = 'Bronzeflow';
