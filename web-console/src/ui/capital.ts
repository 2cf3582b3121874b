/** A word of the domain where it begins a row or a cell: English has it small within a sentence. */
export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
