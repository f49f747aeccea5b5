/** How the values of a slot are kept; the numbers are part of the storage format. */
export const SLOT_NUMBER = 0;
export const SLOT_DIGITS = 1;
export const SLOT_LOWER_HEX = 2;
export const SLOT_UPPER_HEX = 3;
export const SLOT_TEXT = 4;
export const SLOT_DICTIONARY = 5;

/** Whole numbers of more digits are no numbers to us: doubles hold these exactly. */
export const MOST_DIGITS = 15;

/** Slots of a template at most; texts with more variable tokens are kept whole. */
export const MOST_SLOTS = 128;
