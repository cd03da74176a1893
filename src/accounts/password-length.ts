/** Characters of a password. A long one is good; one without end would keep the hash busy. */
export const passwordLength = { min: 10, max: 128 } as const;
